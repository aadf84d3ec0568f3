/** One conversation on whatever platform: read along, see what each message cost, and tidy up. */

import type { Channel } from '@spacebot/protocol/channels';
import type { Message } from '@spacebot/protocol/messages';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { ArrowLeft, MessageSquareOff, PanelRight, Square } from 'lucide-react';
import { useState } from 'react';
import { Button, buttonClass, IconButton } from '../../components/button.tsx';
import { ChannelActions } from '../../components/conversation/channel-actions.tsx';
import { ConversationPanel, type PanelView, toggleDetails } from '../../components/conversation/conversation-panel.tsx';
import { LiveTail } from '../../components/conversation/live-tail.tsx';
import { MessageList } from '../../components/conversation/message-list.tsx';
import { Page } from '../../components/page.tsx';
import { PlatformMark } from '../../components/platform-mark.tsx';
import { EmptyState, ErrorState, SkeletonRows } from '../../components/states.tsx';
import { Badge } from '../../components/status.tsx';
import { describeError, isCode } from '../../lib/api.ts';
import { channelPlace, channelTitle, portalSessionOf } from '../../lib/platform.ts';
import { useAgents } from '../../lib/queries/agents.ts';
import { type ChannelKey, useCancelTurn, useChannel } from '../../lib/queries/channels.ts';
import { useIsAnswering, useMessages, useTurns } from '../../lib/queries/messages.ts';
import { tellFailed } from '../../lib/toasts.ts';

const route = getRouteApi('/conversations/$agentId');

export function ConversationPage() {
  const { agentId } = route.useParams();
  const { id: conversationId } = route.useSearch();
  if (conversationId === '') return <Gone />;
  return <Conversation key={`${agentId} ${conversationId}`} channelKey={{ agentId, conversationId }} />;
}

function Conversation({ channelKey }: { readonly channelKey: ChannelKey }) {
  const channel = useChannel(channelKey);
  const [panel, setPanel] = useState<PanelView>(null);
  const navigate = useNavigate();
  if (isCode(channel.error, 'conversation_not_found')) return <Gone />;
  if (channel.isError && !channel.data) {
    const { detail, reference } = describeError(channel.error);
    return (
      <ErrorState
        title="This conversation could not be loaded"
        detail={detail}
        reference={reference}
        onRetry={() => void channel.refetch()}
      />
    );
  }
  if (!channel.data) return <SkeletonRows className="p-6" />;
  const { data } = channel;
  return (
    <div className="flex h-full">
      <div className="min-w-0 flex-1">
        <Page
          title={<Heading channel={data} />}
          meta={
            data.state === 'archived' ? (
              <Badge tone="neutral">Archived</Badge>
            ) : (
              <span className="truncate max-sm:hidden">{channelPlace(data)}</span>
            )
          }
          actions={
            <>
              <ReplyLink channel={data} />
              <IconButton icon={PanelRight} label="Details and settings" onClick={() => setPanel(toggleDetails(panel))} />
              <ChannelActions channel={data} onDeleted={() => void navigate({ to: '/conversations' })} />
            </>
          }
          fixed
        >
          <Messages
            channelKey={channelKey}
            selectedId={panel?.kind === 'trace' ? panel.messageId : null}
            onInspect={(message) => setPanel({ kind: 'trace', messageId: message.id })}
          />
        </Page>
      </div>
      <ConversationPanel view={panel} channel={data} channelKey={channelKey} onClose={() => setPanel(null)} />
    </div>
  );
}

function Gone() {
  return (
    <EmptyState
      icon={MessageSquareOff}
      title="This conversation does not exist."
      action={
        <Link to="/conversations" className={buttonClass()}>
          All conversations
        </Link>
      }
    >
      It may have been deleted, or the address is incomplete.
    </EmptyState>
  );
}

function Heading({ channel }: { readonly channel: Channel }) {
  return (
    <span className="flex min-w-0 items-center gap-2.5">
      <Link to="/conversations" aria-label="All conversations" className={buttonClass('ghost', '-ml-2 w-8 px-0!')}>
        <ArrowLeft className="size-4" aria-hidden />
      </Link>
      <PlatformMark platform={channel.platform} />
      <span className="truncate">{channelTitle(channel)}</span>
    </span>
  );
}

/** A portal conversation can be continued from here. */
function ReplyLink({ channel }: { readonly channel: Channel }) {
  const sessionId = portalSessionOf(channel.id);
  if (sessionId === null) return null;
  return (
    <Link to="/chat/$agentId/$sessionId" params={{ agentId: channel.agent_id, sessionId }} className={buttonClass('secondary')}>
      Open in chat
    </Link>
  );
}

interface MessagesProps {
  readonly channelKey: ChannelKey;
  readonly selectedId: string | null;
  readonly onInspect: (message: Message) => void;
}

function Messages({ channelKey, selectedId, onInspect }: MessagesProps) {
  const messages = useMessages(channelKey);
  const turns = useTurns(channelKey);
  const isAnswering = useIsAnswering(channelKey);
  const agents = useAgents();
  const agentName = agents.data?.find((agent) => agent.id === channelKey.agentId)?.display_name ?? channelKey.agentId;
  if (messages.isError && !messages.data) {
    const { detail, reference } = describeError(messages.error);
    return (
      <ErrorState title="Messages could not be loaded" detail={detail} reference={reference} onRetry={() => void messages.refetch()} />
    );
  }
  if (!messages.data) return <SkeletonRows className="mx-auto w-full max-w-180 p-6" />;
  return (
    <div className="flex min-w-0 flex-1 flex-col">
      <MessageList
        messages={messages.data}
        turns={turns}
        agentName={agentName}
        hasEarlier={messages.hasPreviousPage}
        isLoadingEarlier={messages.isFetchingPreviousPage}
        onLoadEarlier={() => void messages.fetchPreviousPage()}
        selectedId={selectedId}
        onInspect={onInspect}
        after={<LiveTail channelKey={channelKey} agentName={agentName} />}
      />
      {isAnswering ? <StopBar channelKey={channelKey} agentName={agentName} /> : null}
    </div>
  );
}

function StopBar({ channelKey, agentName }: { readonly channelKey: ChannelKey; readonly agentName: string }) {
  const cancel = useCancelTurn(channelKey);
  const stop = () =>
    cancel.mutate(undefined, { onError: (error) => tellFailed('The answer was not stopped', describeError(error).detail) });
  return (
    <div className="flex shrink-0 items-center justify-between gap-3 border-t border-line bg-panel px-4 py-2 md:px-6">
      <span className="text-sm text-running">{agentName} is answering</span>
      <Button icon={Square} pending={cancel.isPending} onClick={stop}>
        Stop
      </Button>
    </div>
  );
}
