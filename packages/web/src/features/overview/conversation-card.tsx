/** One conversation, live: where it is, the last lines with names and times, and what is happening in it this second. */

import type { Channel } from '@spacebot/protocol/channels';
import type { Message } from '@spacebot/protocol/messages';
import { Link } from '@tanstack/react-router';
import { LoaderCircle } from 'lucide-react';
import type { ReactNode } from 'react';
import { speakerOf } from '../../components/conversation/message-row.tsx';
import { liveActivity } from '../../components/conversation/process-rows.tsx';
import { PlatformMark } from '../../components/platform-mark.tsx';
import { Skeleton } from '../../components/states.tsx';
import { ClockTime, Elapsed, RelativeTime } from '../../components/time.tsx';
import { classNames } from '../../lib/class-names.ts';
import type { LiveTurn } from '../../lib/events/live-turn.ts';
import { tailOf } from '../../lib/format.ts';
import { channelPlace, channelTitle, portalSessionOf } from '../../lib/platform.ts';
import { useLiveTurn, useTail } from '../../lib/queries/messages.ts';

interface CardProps {
  readonly channel: Channel;
  readonly agentName: string;
  readonly showAgent: boolean;
}

/** Characters of a growing answer that fit into its two lines. */
const LIVE_LENGTH = 140;
const LINE_LENGTH = 240;

export function ConversationCard({ channel, agentName, showAgent }: CardProps) {
  const key = { agentId: channel.agent_id, conversationId: channel.id };
  const live = useLiveTurn(key);
  const tail = useTail(key);
  const isBusy = live !== null || channel.active.turn_id !== null;
  const place = showAgent ? `${channelPlace(channel)} · ${agentName}` : channelPlace(channel);
  return (
    <ChannelLink channel={channel} isBusy={isBusy}>
      <header className="flex items-center gap-2.5 px-4 pt-3.5 pb-2.5">
        <PlatformMark platform={channel.platform} />
        <div className="min-w-0 flex-1">
          <h2 className="truncate text-sm leading-4 font-semibold">{channelTitle(channel)}</h2>
          <p className="truncate text-xs text-ink-3">{place}</p>
        </div>
        <RelativeTime at={channel.last_activity_at} className="shrink-0 self-start pt-0.5 text-xs text-ink-3 tabular-nums" />
      </header>
      <div className="min-h-0 flex-1 px-4 pb-3">{tail.data ? <Lines messages={tail.data} agentName={agentName} /> : <LineSkeletons />}</div>
      {isBusy ? <BusyLine live={live} since={live?.startedAt ?? askedAt(tail.data)} /> : null}
    </ChannelLink>
  );
}

function ChannelLink({ channel, isBusy, children }: { readonly channel: Channel; readonly isBusy: boolean; readonly children: ReactNode }) {
  const session = portalSessionOf(channel.id);
  const className = classNames(
    'surface flex h-56 flex-col overflow-hidden transition-colors hover:border-line-strong hover:bg-raised/40 focus-visible:outline-offset-0',
    isBusy && 'border-running/40!',
  );
  if (session !== null) {
    return (
      <Link to="/chat/$agentId/$sessionId" params={{ agentId: channel.agent_id, sessionId: session }} className={className}>
        {children}
      </Link>
    );
  }
  return (
    <Link to="/conversations/$agentId" params={{ agentId: channel.agent_id }} search={{ id: channel.id }} className={className}>
      {children}
    </Link>
  );
}

/** The newest comes last; an older one that does not fit whole wraps into a column beside the card, where nobody sees it. */
function Lines({ messages, agentName }: { readonly messages: readonly Message[]; readonly agentName: string }) {
  if (messages.length === 0) return <p className="text-sm text-ink-3">Nothing was said here yet.</p>;
  return (
    <div className="flex h-full flex-col-reverse flex-wrap content-start justify-end gap-1.5 overflow-hidden">
      {messages.toReversed().map((message, age) => (
        <Line key={message.id} message={message} agentName={agentName} isLast={age === 0} />
      ))}
    </div>
  );
}

/** When the page joined in the middle of a turn, the question tells how long somebody has been waiting. */
function askedAt(messages: readonly Message[] | undefined): string | null {
  return messages?.findLast((message) => message.role === 'user')?.created_at ?? null;
}

function Line({ message, agentName, isLast }: { readonly message: Message; readonly agentName: string; readonly isLast: boolean }) {
  const isAgent = message.role !== 'user';
  return (
    <div className={classNames('w-full shrink-0 text-sm', !isLast && 'text-ink-2')}>
      <p className="flex items-baseline gap-1.5 text-xs leading-4">
        <span className={classNames('truncate font-medium', isAgent ? 'text-accent' : 'text-ink-2')}>{speakerOf(message, agentName)}</span>
        <ClockTime at={message.created_at} className="shrink-0 text-ink-3 tabular-nums" />
      </p>
      <p className="truncate-lines-2">{plain(message.content)}</p>
    </div>
  );
}

/** Markdown marks say nothing in a preview. */
function plain(text: string): string {
  return text
    .slice(0, LINE_LENGTH)
    .replace(/[`*_#>|]+/g, '')
    .replace(/\s+/g, ' ');
}

function BusyLine({ live, since }: { readonly live: LiveTurn | null; readonly since: string | null }) {
  return (
    <div className="flex shrink-0 flex-col gap-0.5 border-t border-line bg-running-soft px-4 py-2">
      <p className="flex items-center gap-1.5 text-xs font-medium text-running tabular-nums">
        <LoaderCircle className="size-3.5 animate-spin" aria-hidden />
        {live ? liveActivity(live) : 'Answering'}
        {since ? <Elapsed since={since} /> : null}
      </p>
      {live && live.text !== '' ? <p className="truncate-lines-2 text-sm text-ink">{plain(tailOf(live.text, LIVE_LENGTH))}</p> : null}
    </div>
  );
}

function LineSkeletons() {
  return (
    <div className="flex flex-col gap-2">
      <Skeleton className="h-4 w-2/3" />
      <Skeleton className="h-4 w-full" />
      <Skeleton className="h-4 w-4/5" />
    </div>
  );
}
