/** Pauses an agent, or lets it answer what waited. */

import type { Agent } from '@spacebot/protocol/agents';
import { Pause, Play } from 'lucide-react';
import { Button } from '../../components/button.tsx';
import { describeError } from '../../lib/api.ts';
import { usePauseAgent, useResumeAgent } from '../../lib/queries/agents.ts';
import { tellDone, tellFailed } from '../../lib/toasts.ts';

export function PauseButton({ agent }: { readonly agent: Agent }) {
  const pause = usePauseAgent(agent.id);
  const resume = useResumeAgent(agent.id);
  const onError = (error: unknown) => tellFailed('Nothing was changed', describeError(error).detail);
  const resumeNow = () => resume.mutate(undefined, { onSuccess: () => tellDone(`${agent.display_name} answers again`), onError });
  const pauseNow = () =>
    pause.mutate(undefined, { onSuccess: () => tellDone(`${agent.display_name} is paused; messages are kept`, resumeNow), onError });
  return agent.paused ? (
    <Button icon={Play} pending={resume.isPending} onClick={resumeNow}>
      Resume
    </Button>
  ) : (
    <Button icon={Pause} pending={pause.isPending} onClick={pauseNow}>
      Pause
    </Button>
  );
}
