/** One chat: its messages, what is on its way, the answer as it is written, and the panel beside it. */

import type { Message } from '@spacebot/protocol/messages';
import { useNavigate } from '@tanstack/react-router';
import { PanelRight } from 'lucide-react';
import { useState } from 'react';
import { IconButton } from '../../components/button.tsx';
import { ChannelActions } from '../../components/conversation/channel-actions.tsx';
import { ConversationPanel, type PanelView, toggleDetails } from '../../components/conversation/conversation-panel.tsx';
import { LiveTail } from '../../components/conversation/live-tail.tsx';
import { MessageList } from '../../components/conversation/message-list.tsx';
import { ErrorState, SkeletonRows } from '../../components/states.tsx';
import { Badge } from '../../components/status.tsx';
import { describeError, isCode } from '../../lib/api.ts';
import { channelTitle } from '../../lib/platform.ts';
import { type ChannelKey, useChannel } from '../../lib/queries/channels.ts';
import { useIsAnswering, useMessages, useTurns } from '../../lib/queries/messages.ts';
import { useCancelPortalTurn } from '../../lib/queries/portal.ts';
import { type Failure, retryContentOf } from '../../lib/timeline.ts';
import { tellFailed } from '../../lib/toasts.ts';
import { ChatFrame } from './chat-frame.tsx';
import { Composer } from './composer.tsx';
import { OutgoingRows } from './outgoing-rows.tsx';
import { useOutgoing } from './use-outgoing.ts';

interface ChatViewProps {
  readonly agentId: string;
  readonly sessionId: string;
  readonly agentName: string;
}

export function ChatView({ agentId, sessionId, agentName }: ChatViewProps) {
  const key = { agentId, conversationId: `portal:chat:${agentId}:${sessionId}` };
  const channel = useChannel(key);
  const [panel, setPanel] = useState<PanelView>(null);
  const navigate = useNavigate();
  const title = channel.data ? channelTitle(channel.data) : sessionId;
  return (
    <ChatFrame
      agentId={agentId}
      sessionId={sessionId}
      title={title}
      meta={
        channel.data?.state === 'archived' ? (
          <Badge tone="neutral">Archived</Badge>
        ) : (
          <span className="truncate max-sm:hidden">{agentName}</span>
        )
      }
      actions={
        <>
          <IconButton
            icon={PanelRight}
            label="Details and settings"
            aria-pressed={panel?.kind === 'details'}
            onClick={() => setPanel(toggleDetails(panel))}
          />
          {channel.data ? (
            <ChannelActions channel={channel.data} onDeleted={() => void navigate({ to: '/chat/$agentId', params: { agentId } })} />
          ) : null}
        </>
      }
      panel={<ConversationPanel view={panel} channel={channel.data} channelKey={key} onClose={() => setPanel(null)} />}
    >
      <Talk
        channelKey={key}
        sessionId={sessionId}
        agentName={agentName}
        isUnknown={isCode(channel.error, 'conversation_not_found')}
        selectedId={panel?.kind === 'trace' ? panel.messageId : null}
        onInspect={(message) => setPanel({ kind: 'trace', messageId: message.id })}
      />
    </ChatFrame>
  );
}

interface TalkProps {
  readonly channelKey: ChannelKey;
  readonly sessionId: string;
  readonly agentName: string;
  /** Nobody has spoken here yet; the first message makes the session. */
  readonly isUnknown: boolean;
  readonly selectedId: string | null;
  readonly onInspect: (message: Message) => void;
}

function Talk({ channelKey, sessionId, agentName, isUnknown, selectedId, onInspect }: TalkProps) {
  const { agentId } = channelKey;
  const messages = useMessages(channelKey, !isUnknown);
  const turns = useTurns(channelKey, !isUnknown);
  const isAnswering = useIsAnswering(channelKey);
  const cancel = useCancelPortalTurn(agentId, sessionId);
  const outgoing = useOutgoing(agentId, sessionId, isUnknown);

  if (messages.isError && !messages.data) {
    const { detail, reference } = describeError(messages.error);
    return (
      <ErrorState title="This chat could not be loaded" detail={detail} reference={reference} onRetry={() => void messages.refetch()} />
    );
  }
  const shown = messages.data ?? [];
  const retry = (failure: Failure) => {
    const content = retryContentOf(failure, shown);
    if (content === null)
      tellFailed('Nothing was sent', 'The question is further up and not loaded yet. Show earlier messages first, or write it again.');
    else outgoing.send(content);
  };
  const stop = () =>
    cancel.mutate(undefined, { onError: (error) => tellFailed('The answer was not stopped', describeError(error).detail) });
  return (
    <>
      {messages.isPending && !isUnknown ? (
        <div className="min-h-0 flex-1 px-6 pt-6">
          <SkeletonRows className="mx-auto max-w-180" />
        </div>
      ) : (
        <MessageList
          messages={shown}
          turns={turns}
          agentName={agentName}
          hasEarlier={messages.hasPreviousPage}
          isLoadingEarlier={messages.isFetchingPreviousPage}
          onLoadEarlier={() => void messages.fetchPreviousPage()}
          selectedId={selectedId}
          onInspect={onInspect}
          onRetry={retry}
          after={
            <>
              <OutgoingRows outgoing={outgoing.waiting} onRetry={outgoing.retry} onDiscard={outgoing.discard} />
              <LiveTail channelKey={channelKey} agentName={agentName} />
            </>
          }
        />
      )}
      <div className="shrink-0 px-4 pt-2 pb-1 max-md:pb-3 md:px-6">
        <Composer
          agentName={agentName}
          isAnswering={isAnswering}
          isStopping={cancel.isPending}
          pending={false}
          onSend={outgoing.send}
          onStop={stop}
        />
      </div>
    </>
  );
}
