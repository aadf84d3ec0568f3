/** One conversation as a row: place, last words, count, state, age. */

import type { Channel } from '@spacebot/protocol/channels';
import { Link } from '@tanstack/react-router';
import { PlatformMark } from '../../components/platform-mark.tsx';
import { Badge, StatusDot } from '../../components/status.tsx';
import { RelativeTime } from '../../components/time.tsx';
import { classNames } from '../../lib/class-names.ts';
import { formatCount } from '../../lib/format.ts';
import { channelPlace, channelTitle } from '../../lib/platform.ts';

const COLUMNS = 'md:grid-cols-[28px_minmax(160px,260px)_minmax(0,1fr)_96px_72px_96px]';

/** Names the columns for the eye; a screen reader hears each row as one link. */
export function ChannelHead() {
  return (
    <div
      aria-hidden
      className={classNames(
        'sticky top-0 z-10 hidden gap-x-3 border-b border-line bg-ground px-6 py-1.5 text-xs font-medium text-ink-3 md:grid',
        COLUMNS,
      )}
    >
      <span className="col-span-2">Conversation</span>
      <span>Last message</span>
      <span>State</span>
      <span className="text-right">Messages</span>
      <span className="text-right">Activity</span>
    </div>
  );
}

export function ChannelRow({ channel, showAgent }: { readonly channel: Channel; readonly showAgent: boolean }) {
  const place = showAgent ? `${channelPlace(channel)} · ${channel.agent_id}` : channelPlace(channel);
  return (
    <Link
      to="/conversations/$agentId"
      params={{ agentId: channel.agent_id }}
      search={{ id: channel.id }}
      data-row
      className={classNames(
        'grid grid-cols-[28px_minmax(0,1fr)_auto] items-center gap-x-3 px-4 py-2.5 -outline-offset-2 hover:bg-raised focus-visible:bg-raised md:px-6',
        COLUMNS,
      )}
    >
      <PlatformMark platform={channel.platform} />
      <span className="min-w-0">
        <span className="flex items-center gap-1.5">
          <span className="truncate text-sm font-medium">{channelTitle(channel)}</span>
          {channel.active.turn_id === null ? null : <StatusDot tone="running" label="answering" className="md:hidden" />}
        </span>
        <span className="block truncate text-xs text-ink-3">{place}</span>
      </span>
      <span className="truncate text-sm text-ink-2 max-md:order-last max-md:col-span-2 max-md:col-start-2">
        {channel.last_message?.preview ?? ''}
      </span>
      <span className="max-md:hidden">
        <StateBadge channel={channel} />
      </span>
      <span className="text-right text-sm text-ink-3 tabular-nums max-md:hidden" title="messages">
        {formatCount(channel.message_count)}
      </span>
      <RelativeTime at={channel.last_activity_at} className="text-right text-xs whitespace-nowrap text-ink-3 tabular-nums" />
    </Link>
  );
}

function StateBadge({ channel }: { readonly channel: Channel }) {
  if (channel.active.turn_id !== null) return <Badge tone="running">Answering</Badge>;
  return channel.state === 'archived' ? <Badge tone="neutral">Archived</Badge> : null;
}
