/** The chats of one agent, newest activity first. */

import type { Channel } from '@spacebot/protocol/channels';
import { Link } from '@tanstack/react-router';
import { Archive, MessageSquarePlus } from 'lucide-react';
import { buttonClass } from '../../components/button.tsx';
import { SkeletonRows } from '../../components/states.tsx';
import { StatusDot } from '../../components/status.tsx';
import { RelativeTime } from '../../components/time.tsx';
import { useRowKeys } from '../../components/use-row-keys.ts';
import { classNames } from '../../lib/class-names.ts';
import { channelTitle, portalSessionOf } from '../../lib/platform.ts';
import { useChannels } from '../../lib/queries/channels.ts';

interface SessionListProps {
  readonly agentId: string;
  readonly sessionId: string | null;
}

export function SessionList({ agentId, sessionId }: SessionListProps) {
  const sessions = useChannels({ agent_id: agentId, platform: 'portal' });
  const rowKeys = useRowKeys();
  const shown = (sessions.data ?? [])
    .filter((session) => session.state !== 'archived' || portalSessionOf(session.id) === sessionId)
    .sort((a, b) => b.last_activity_at.localeCompare(a.last_activity_at));
  return (
    <div className="flex h-full flex-col">
      <div className="flex h-14 shrink-0 items-center gap-2 px-3">
        <Link to="/chat/$agentId" params={{ agentId }} className={buttonClass('secondary', 'flex-1')}>
          <MessageSquarePlus className="size-4" aria-hidden />
          New chat
        </Link>
      </div>
      <nav aria-label="Chats" className="flex min-h-0 flex-1 flex-col gap-px overflow-y-auto px-2 pb-3" {...rowKeys}>
        {sessions.isPending ? <SkeletonRows rows={5} className="p-1" /> : null}
        {shown.map((session) => (
          <SessionRow key={session.id} session={session} isOpen={portalSessionOf(session.id) === sessionId} />
        ))}
        {sessions.data && shown.length === 0 ? (
          <p className="px-2 py-3 text-sm text-ink-3">Chats with this agent are listed here.</p>
        ) : null}
      </nav>
    </div>
  );
}

function SessionRow({ session, isOpen }: { readonly session: Channel; readonly isOpen: boolean }) {
  const sessionId = portalSessionOf(session.id);
  if (sessionId === null) return null;
  return (
    <Link
      to="/chat/$agentId/$sessionId"
      params={{ agentId: session.agent_id, sessionId }}
      data-row
      aria-current={isOpen ? 'page' : undefined}
      className={classNames('flex flex-col rounded-control px-2.5 py-1.5 -outline-offset-2', isOpen ? 'bg-pressed' : 'hover:bg-raised')}
    >
      <span className="flex items-center gap-1.5">
        <span className="min-w-0 flex-1 truncate text-sm font-medium">{channelTitle(session)}</span>
        {session.active.turn_id ? <StatusDot tone="running" label="answering" /> : null}
        {session.state === 'archived' ? <Archive className="size-3.5 text-ink-3" aria-label="archived" /> : null}
      </span>
      <span className="flex gap-2 text-xs text-ink-3">
        <span className="min-w-0 flex-1 truncate">{session.last_message?.preview ?? 'Nothing said yet'}</span>
        <RelativeTime at={session.last_activity_at} className="shrink-0 tabular-nums" />
      </span>
    </Link>
  );
}
