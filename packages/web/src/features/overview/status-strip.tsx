/** One strip that answers "is everything all right": what waits, what failed, who is unwell, how long it runs. */

import type { Status } from '@spacebot/protocol/status';
import { Link } from '@tanstack/react-router';
import { Activity, Inbox, type LucideIcon, Plug, Send, ShieldQuestion } from 'lucide-react';
import type { ReactNode } from 'react';
import { Skeleton } from '../../components/states.tsx';
import { type Tone, toneText } from '../../components/status.tsx';
import { classNames } from '../../lib/class-names.ts';
import { useNow } from '../../lib/clock.ts';
import { formatCount, formatDuration } from '../../lib/format.ts';
import { describeInstance, unwellAdapters } from '../../lib/instance-state.ts';
import { platformLabel } from '../../lib/platform.ts';
import { useStatus } from '../../lib/queries/status.ts';

export function StatusStrip() {
  const status = useStatus();
  if (!status.data) return <Skeleton className="h-18 rounded-surface!" />;
  return (
    <section aria-label="State of this instance" className="surface grid grid-cols-2 overflow-hidden sm:grid-cols-6 xl:grid-cols-5">
      <InstanceTile status={status.data} />
      <WaitingTile status={status.data} />
      <ApprovalsTile status={status.data} />
      <OutboxTile status={status.data} />
      <AdaptersTile status={status.data} />
    </section>
  );
}

interface TileProps {
  readonly icon: LucideIcon;
  readonly label: string;
  readonly tone: Tone;
  readonly value: ReactNode;
  readonly note: ReactNode;
  /** Columns it takes while the strip has two rows. */
  readonly wide?: boolean;
}

function Tile({ icon: Icon, label, tone, value, note, wide = false }: TileProps) {
  return (
    <div
      className={classNames(
        '-mt-px -ml-px flex min-w-0 gap-3 border-t border-l border-line px-4 py-3 xl:col-span-1',
        wide ? 'sm:col-span-3' : 'sm:col-span-2',
        'last:max-sm:col-span-2',
      )}
    >
      <Icon className={classNames('mt-0.5 size-4 shrink-0', toneText(tone))} aria-hidden />
      <div className="min-w-0">
        <p className="text-xs text-ink-3">{label}</p>
        <p
          className={classNames(
            'truncate text-lg font-semibold tabular-nums',
            tone === 'failed' || tone === 'waiting' ? toneText(tone) : 'text-ink',
          )}
        >
          {value}
        </p>
        <p className="truncate text-xs text-ink-2">{note}</p>
      </div>
    </div>
  );
}

function InstanceTile({ status }: { readonly status: Status }) {
  const { tone, word } = describeInstance(status);
  const now = useNow(15_000);
  const turns = status.agents.reduce((sum, agent) => sum + agent.active_turns, 0);
  const paused = status.agents.filter((agent) => agent.state === 'paused').length;
  const uptime = `up ${formatDuration(Math.max(1_000, now - Date.parse(status.started_at)))}`;
  return (
    <Tile
      icon={Activity}
      label="Instance"
      tone={tone}
      value={word}
      note={[turns > 0 && `${turns} answering`, paused > 0 && `${paused} paused`, uptime].filter(Boolean).join(', ')}
    />
  );
}

function WaitingTile({ status }: { readonly status: Status }) {
  const waiting = status.queues.inbox;
  const tone = waiting > 0 ? 'running' : 'neutral';
  return (
    <Tile
      icon={Inbox}
      label="Unanswered"
      tone={tone}
      value={formatCount(waiting)}
      note={waiting > 0 ? 'queued or being answered' : 'everything is answered'}
    />
  );
}

function ApprovalsTile({ status }: { readonly status: Status }) {
  const waiting = status.queues.approvals;
  return (
    <Tile
      icon={ShieldQuestion}
      label="Approvals"
      tone={waiting > 0 ? 'waiting' : 'neutral'}
      value={formatCount(waiting)}
      note={waiting > 0 ? 'waiting for you' : 'nothing waits for you'}
    />
  );
}

function OutboxTile({ status }: { readonly status: Status }) {
  const { outbox, dead_letters: dead } = status.queues;
  if (dead > 0) return <Tile icon={Send} wide label="Deliveries" tone="failed" value={formatCount(dead)} note="could not be delivered" />;
  return (
    <Tile
      icon={Send}
      wide
      label="Deliveries"
      tone={outbox > 0 ? 'running' : 'neutral'}
      value={formatCount(outbox)}
      note={outbox > 0 ? 'on their way' : 'everything is sent'}
    />
  );
}

function AdaptersTile({ status }: { readonly status: Status }) {
  const first = unwellAdapters(status)[0];
  const active = status.adapters.filter((adapter) => adapter.state !== 'disabled').length;
  if (!first) {
    const note = active === 0 ? 'the portal on this page needs none' : `${active} connected or starting`;
    return (
      <Tile
        wide
        icon={Plug}
        label="Adapters"
        tone={active === 0 ? 'neutral' : 'done'}
        value={active === 0 ? 'None' : 'All well'}
        note={note}
      />
    );
  }
  const link = (
    <Link to="/settings" hash="adapters" className="hover:underline">
      {platformLabel(first.platform)}: {first.last_error?.message ?? first.state.replace('_', ' ')}
    </Link>
  );
  return <Tile wide icon={Plug} label="Adapters" tone="failed" value={`${unwellAdapters(status).length} unwell`} note={link} />;
}
