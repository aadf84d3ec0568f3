/** Every conversation of every agent as a table; the filters live in the address, so a view can be kept and shared. */

import type { Channel } from '@spacebot/protocol/channels';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { MessagesSquare, Search } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button, buttonClass } from '../../components/button.tsx';
import { Input } from '../../components/field.tsx';
import { Page } from '../../components/page.tsx';
import { Select } from '../../components/select.tsx';
import { EmptyState, ErrorState, SkeletonRows } from '../../components/states.tsx';
import { useRowKeys } from '../../components/use-row-keys.ts';
import { describeError } from '../../lib/api.ts';
import { readConversationSearch } from '../../lib/conversation-search.ts';
import { platformLabel } from '../../lib/platform.ts';
import { useAgents } from '../../lib/queries/agents.ts';
import { useChannels } from '../../lib/queries/channels.ts';
import { useStatus } from '../../lib/queries/status.ts';
import { ChannelHead, ChannelRow } from './channel-row.tsx';

const route = getRouteApi('/conversations');
const ANY = 'any';
/** Typing settles before the server is asked. */
const TYPING_MS = 250;

const STATES = [
  { value: ANY, label: 'Any state' },
  { value: 'active', label: 'Active' },
  { value: 'idle', label: 'Idle' },
  { value: 'archived', label: 'Archived' },
] as const;

export function ConversationsPage() {
  const search = route.useSearch();
  const channels = useChannels({ agent_id: search.agent, platform: search.platform, state: search.state, q: search.q });
  const isFiltered = Object.keys(search).length > 0;
  return (
    <Page title="Conversations" meta={channels.data ? `${channels.data.length}${channels.hasNextPage ? '+' : ''}` : null} fixed>
      <div className="flex min-w-0 flex-1 flex-col">
        <Filters />
        <div className="min-h-0 flex-1 overflow-y-auto">
          {channels.isPending ? (
            <SkeletonRows className="p-4 md:px-6" rows={10} />
          ) : channels.isError && !channels.data ? (
            <ErrorState
              title="Conversations could not be loaded"
              {...describeError(channels.error)}
              onRetry={() => void channels.refetch()}
            />
          ) : channels.data?.length === 0 ? (
            <NoneFound isFiltered={isFiltered} />
          ) : (
            <ChannelTable channels={channels.data ?? []} />
          )}
          {channels.hasNextPage ? (
            <div className="flex justify-center p-4">
              <Button pending={channels.isFetchingNextPage} onClick={() => void channels.fetchNextPage()}>
                Show more
              </Button>
            </div>
          ) : null}
        </div>
      </div>
    </Page>
  );
}

function Filters() {
  const search = route.useSearch();
  const navigate = useNavigate({ from: '/conversations' });
  const agents = useAgents();
  const status = useStatus();
  const platforms = [
    ...new Set([
      'portal',
      ...(status.data?.adapters.map((adapter) => adapter.platform) ?? []),
      ...(search.platform ? [search.platform] : []),
    ]),
  ];
  const set = (change: Readonly<Record<string, string>>) =>
    void navigate({ search: (before) => readConversationSearch({ ...before, ...change }), replace: true });
  return (
    <div className="flex shrink-0 flex-wrap items-center gap-2 border-b border-line px-4 py-2.5 md:px-6">
      <SearchField value={search.q ?? ''} onChange={(q) => set({ q })} />
      <Select
        label="Agent"
        value={search.agent ?? ANY}
        options={[
          { value: ANY, label: 'All agents' },
          ...(agents.data ?? []).map((agent) => ({ value: agent.id, label: agent.display_name })),
        ]}
        onChange={(agent) => set({ agent: agent === ANY ? '' : agent })}
      />
      <Select
        label="Platform"
        value={search.platform ?? ANY}
        options={[
          { value: ANY, label: 'All platforms' },
          ...platforms.map((platform) => ({ value: platform, label: platformLabel(platform) })),
        ]}
        onChange={(platform) => set({ platform: platform === ANY ? '' : platform })}
      />
      <Select label="State" value={search.state ?? ANY} options={STATES} onChange={(state) => set({ state: state === ANY ? '' : state })} />
    </div>
  );
}

function SearchField({ value, onChange }: { readonly value: string; readonly onChange: (value: string) => void }) {
  const [text, setText] = useState(value);
  useEffect(() => {
    if (text === value) return;
    const timer = setTimeout(() => onChange(text), TYPING_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <div className="relative min-w-48 flex-1 md:max-w-80">
      <Search className="pointer-events-none absolute top-1/2 left-2.5 size-4 -translate-y-1/2 text-ink-3" aria-hidden />
      <Input
        type="search"
        aria-label="Search conversations"
        value={text}
        onChange={(event) => setText(event.target.value)}
        placeholder="Search by name or id"
        className="pl-8!"
      />
    </div>
  );
}

function ChannelTable({ channels }: { readonly channels: readonly Channel[] }) {
  const rowKeys = useRowKeys();
  const showAgent = new Set(channels.map((channel) => channel.agent_id)).size > 1;
  return (
    <div {...rowKeys}>
      <p className="sr-only">Press j and k to move between rows and Enter to open one.</p>
      <ChannelHead />
      <ul className="divide-y divide-line">
        {channels.map((channel) => (
          <li key={`${channel.agent_id} ${channel.id}`}>
            <ChannelRow channel={channel} showAgent={showAgent} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function NoneFound({ isFiltered }: { readonly isFiltered: boolean }) {
  if (isFiltered) {
    return (
      <EmptyState
        icon={Search}
        title="No conversation fits these filters."
        action={
          <Link to="/conversations" className={buttonClass()}>
            Show all conversations
          </Link>
        }
      />
    );
  }
  return (
    <EmptyState
      icon={MessagesSquare}
      title="No conversations yet."
      action={
        <Link to="/chat" className={buttonClass('primary')}>
          Start a chat
        </Link>
      }
    >
      A conversation appears here when somebody writes to an agent, on any platform.
    </EmptyState>
  );
}
