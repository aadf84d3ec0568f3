/** Talking to an agent from this page: its chats on the left, one of them in the middle. */

import { getRouteApi, Navigate, useNavigate } from '@tanstack/react-router';
import { Orbit } from 'lucide-react';
import { EmptyState, ErrorState, SkeletonRows } from '../../components/states.tsx';
import { describeError } from '../../lib/api.ts';
import { useCurrentAgent } from '../../lib/current-agent.ts';
import { defaultAgentOf, useAgents } from '../../lib/queries/agents.ts';
import { useSendMessage } from '../../lib/queries/portal.ts';
import { tellFailed } from '../../lib/toasts.ts';
import { ChatFrame } from './chat-frame.tsx';
import { ChatView } from './chat-view.tsx';
import { Composer } from './composer.tsx';
import { newKey, newSessionId } from './new-session.ts';

const newRoute = getRouteApi('/chat/$agentId');
const sessionRoute = getRouteApi('/chat/$agentId/$sessionId');

/** `/chat`: a new chat with the agent the reader works with. */
export function ChatStart() {
  const agents = useAgents();
  const current = useCurrentAgent();
  if (agents.isError && !agents.data)
    return (
      <ErrorState title="Agents could not be loaded" detail={describeError(agents.error).detail} onRetry={() => void agents.refetch()} />
    );
  if (!agents.data) return <SkeletonRows className="p-6" />;
  const agent = agents.data.find(({ id }) => id === current) ?? defaultAgentOf(agents.data);
  if (!agent) return <EmptyState icon={Orbit} title="There is no agent to talk to yet." />;
  return <Navigate to="/chat/$agentId" params={{ agentId: agent.id }} replace />;
}

function useAgentName(agentId: string): string {
  return useAgents().data?.find((agent) => agent.id === agentId)?.display_name ?? agentId;
}

export function NewChat() {
  const { agentId } = newRoute.useParams();
  const agentName = useAgentName(agentId);
  return (
    <ChatFrame agentId={agentId} sessionId={null} title={agentName}>
      <NewChatBody key={agentId} agentId={agentId} agentName={agentName} />
    </ChatFrame>
  );
}

function NewChatBody({ agentId, agentName }: { readonly agentId: string; readonly agentName: string }) {
  const navigate = useNavigate();
  const send = useSendMessage();
  const start = (content: string) => {
    const sessionId = newSessionId();
    send.mutate(
      { agentId, sessionId, content, opensSession: true, key: newKey() },
      {
        onSuccess: () => void navigate({ to: '/chat/$agentId/$sessionId', params: { agentId, sessionId } }),
        onError: (error) => tellFailed('The message was not sent', describeError(error).detail),
      },
    );
  };
  return (
    <div className="flex min-h-0 flex-1 flex-col items-center justify-center gap-6 px-4 pb-[12vh] md:px-6">
      <div className="flex flex-col items-center gap-3 text-center">
        <span className="flex size-12 items-center justify-center rounded-full bg-accent-soft text-accent">
          <Orbit className="size-6" aria-hidden />
        </span>
        <h2 className="text-xl font-semibold">What should {agentName} do?</h2>
      </div>
      <Composer agentName={agentName} isAnswering={false} isStopping={false} pending={send.isPending} onSend={start} onStop={() => {}} />
    </div>
  );
}

export function ChatSession() {
  const { agentId, sessionId } = sessionRoute.useParams();
  return <ChatView key={`${agentId} ${sessionId}`} agentId={agentId} sessionId={sessionId} agentName={useAgentName(agentId)} />;
}
