/** Everybody who works here, and how to add one. */

import type { Agent } from '@spacebot/protocol/agents';
import { Link } from '@tanstack/react-router';
import { Bot, Plus } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../../components/button.tsx';
import { Page } from '../../components/page.tsx';
import { EmptyState, ErrorState, SkeletonRows } from '../../components/states.tsx';
import { Badge } from '../../components/status.tsx';
import { useRowKeys } from '../../components/use-row-keys.ts';
import { channelModelOf, describeAgent } from '../../lib/agent-state.ts';
import { describeError } from '../../lib/api.ts';
import { formatCount } from '../../lib/format.ts';
import { useAgents } from '../../lib/queries/agents.ts';
import { CreateAgentDialog } from './create-agent-dialog.tsx';
import { PauseButton } from './pause-button.tsx';

export function AgentsPage() {
  const agents = useAgents();
  const [isCreating, setCreating] = useState(false);
  const create = (
    <Button variant="primary" icon={Plus} onClick={() => setCreating(true)}>
      New agent
    </Button>
  );
  return (
    <Page title="Agents" actions={create}>
      {agents.isPending ? (
        <SkeletonRows />
      ) : agents.isError && !agents.data ? (
        <ErrorState title="Agents could not be loaded" {...describeError(agents.error)} onRetry={() => void agents.refetch()} />
      ) : agents.data?.length === 0 ? (
        <EmptyState icon={Bot} title="No agents yet." action={create}>
          An agent has its own identity, memory and conversations.
        </EmptyState>
      ) : (
        <AgentList agents={agents.data ?? []} />
      )}
      <CreateAgentDialog open={isCreating} onClose={() => setCreating(false)} />
    </Page>
  );
}

function AgentList({ agents }: { readonly agents: readonly Agent[] }) {
  const rowKeys = useRowKeys();
  return (
    <ul className="surface divide-y divide-line overflow-hidden" {...rowKeys}>
      {agents.map((agent) => (
        <AgentRow key={agent.id} agent={agent} />
      ))}
    </ul>
  );
}

function AgentRow({ agent }: { readonly agent: Agent }) {
  const state = describeAgent(agent);
  return (
    <li className="relative flex items-center gap-3 px-4 py-3 hover:bg-raised">
      <span className="flex size-9 shrink-0 items-center justify-center rounded-full bg-accent-soft text-accent">
        <Bot className="size-4.5" aria-hidden />
      </span>
      <div className="min-w-0 flex-1">
        <p className="flex items-center gap-2">
          <Link
            to="/agents/$agentId"
            params={{ agentId: agent.id }}
            data-row
            className="truncate text-sm font-semibold after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent-fill"
          >
            {agent.display_name}
          </Link>
          {agent.default ? (
            <Badge tone="neutral" icon={null}>
              Default
            </Badge>
          ) : null}
        </p>
        <p className="truncate text-sm text-ink-3">{agent.role || agent.id}</p>
      </div>
      <span className="w-56 truncate font-mono text-xs text-ink-3 max-lg:hidden">{channelModelOf(agent) ?? 'default model'}</span>
      <span className="w-32 text-right text-sm text-ink-3 tabular-nums max-md:hidden">{conversationCount(agent)}</span>
      <span className="flex w-20 justify-end">
        <Badge tone={state.tone}>{state.word}</Badge>
      </span>
      <span className="relative z-10 flex w-24 justify-end max-sm:hidden">
        <PauseButton agent={agent} />
      </span>
    </li>
  );
}

function conversationCount(agent: Agent): string {
  const { conversations } = agent.counts;
  return conversations === 1 ? '1 conversation' : `${formatCount(conversations)} conversations`;
}
