/** Restarting, stopping and changing the token: each asks first and says what happens to running work. */

import { KeyRound, Power, RotateCw } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { Button } from '../../components/button.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { ConfirmDialog, Dialog } from '../../components/dialog.tsx';
import { Section } from '../../components/page.tsx';
import { describeError } from '../../lib/api.ts';
import { useRotateToken } from '../../lib/queries/session.ts';
import { useRestartSystem, useStopSystem } from '../../lib/queries/status.ts';
import { tellDone } from '../../lib/toasts.ts';

type Asking = 'restart' | 'stop' | 'token' | null;

export function PowerSection() {
  const [asking, setAsking] = useState<Asking>(null);
  const close = () => setAsking(null);
  return (
    <Section title="Operation">
      <ul className="divide-y divide-line">
        <Row
          title="Restart"
          text="Running answers are finished first; nothing that waits is lost."
          button={
            <Button icon={RotateCw} onClick={() => setAsking('restart')}>
              Restart
            </Button>
          }
        />
        <Row
          title="Stop"
          text="This page ends with it. Start it again on the command line."
          button={
            <Button icon={Power} onClick={() => setAsking('stop')}>
              Stop
            </Button>
          }
        />
        <Row
          title="API token"
          text="A new token ends every session and every program that uses the old one."
          button={
            <Button icon={KeyRound} onClick={() => setAsking('token')}>
              New token
            </Button>
          }
        />
      </ul>
      <RestartDialog open={asking === 'restart'} onClose={close} />
      <StopDialog open={asking === 'stop'} onClose={close} />
      <TokenDialog open={asking === 'token'} onClose={close} />
    </Section>
  );
}

function Row({ title, text, button }: { readonly title: string; readonly text: string; readonly button: ReactNode }) {
  return (
    <li className="flex items-center gap-4 px-4 py-3">
      <div className="min-w-0 flex-1">
        <p className="text-sm font-medium">{title}</p>
        <p className="text-sm text-ink-2">{text}</p>
      </div>
      {button}
    </li>
  );
}

interface AskProps {
  readonly open: boolean;
  readonly onClose: () => void;
}

function RestartDialog({ open, onClose }: AskProps) {
  const restart = useRestartSystem();
  const confirm = () =>
    restart.mutate(undefined, {
      onSuccess: () => {
        onClose();
        tellDone('Spacebot is restarting; this page reconnects by itself');
      },
    });
  return (
    <ConfirmDialog
      open={open}
      onClose={onClose}
      title="Restart Spacebot?"
      consequence="It takes in no messages for a few seconds. What waits is kept and answered afterwards."
      action="Restart"
      variant="primary"
      pending={restart.isPending}
      error={restart.error ? describeError(restart.error).detail : undefined}
      onConfirm={confirm}
    />
  );
}

function StopDialog({ open, onClose }: AskProps) {
  const stop = useStopSystem();
  return (
    <ConfirmDialog
      open={open}
      onClose={onClose}
      title="Stop Spacebot?"
      consequence="Nobody is answered until it is started again on the command line. What waits is kept."
      action="Stop Spacebot"
      pending={stop.isPending}
      error={stop.error ? describeError(stop.error).detail : undefined}
      onConfirm={() => stop.mutate(undefined, { onSuccess: onClose })}
    />
  );
}

function TokenDialog({ open, onClose }: AskProps) {
  const rotate = useRotateToken();
  if (rotate.data) {
    return (
      <Dialog
        open={open}
        onClose={onClose}
        title="The new token"
        description="This is the only time it is shown. Keep it, then sign in with it."
        footer={<Button onClick={onClose}>Done</Button>}
      >
        <div className="flex items-center gap-2 rounded-control border border-line bg-ground py-1 pr-1 pl-3">
          <code className="min-w-0 flex-1 font-mono text-xs wrap-anywhere">{rotate.data.token}</code>
          <CopyButton text={rotate.data.token} label="Copy token" />
        </div>
      </Dialog>
    );
  }
  return (
    <ConfirmDialog
      open={open}
      onClose={onClose}
      title="Make a new token?"
      consequence="Every browser is signed out and every program with the old token is refused."
      action="Make a new token"
      pending={rotate.isPending}
      error={rotate.error ? describeError(rotate.error).detail : undefined}
      onConfirm={() => rotate.mutate()}
    />
  );
}
