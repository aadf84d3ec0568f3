/** One agent: its state, what it runs on, and the files that make it who it is. */

import type { Agent } from '@spacebot/protocol/agents';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { Bot, MessageSquare, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { buttonClass, IconButton } from '../../components/button.tsx';
import { ConfirmDialog } from '../../components/dialog.tsx';
import { Fact, Page, Section } from '../../components/page.tsx';
import { EmptyState, ErrorState, SkeletonRows } from '../../components/states.tsx';
import { Badge, Notice } from '../../components/status.tsx';
import { RelativeTime } from '../../components/time.tsx';
import { channelModelOf, describeAgent } from '../../lib/agent-state.ts';
import { describeError } from '../../lib/api.ts';
import { formatCount } from '../../lib/format.ts';
import { useAgents, useDeleteAgent } from '../../lib/queries/agents.ts';
import { tellDone } from '../../lib/toasts.ts';
import { IdentityEditor } from './identity-editor.tsx';
import { PauseButton } from './pause-button.tsx';

const route = getRouteApi('/agents/$agentId');

export function AgentPage() {
  const { agentId } = route.useParams();
  const agents = useAgents();
  if (agents.isError && !agents.data)
    return <ErrorState title="Agents could not be loaded" {...describeError(agents.error)} onRetry={() => void agents.refetch()} />;
  if (!agents.data) return <SkeletonRows className="p-6" />;
  const agent = agents.data.find(({ id }) => id === agentId);
  if (!agent) {
    return (
      <EmptyState
        icon={Bot}
        title={`There is no agent with the id ${agentId}.`}
        action={
          <Link to="/agents" className={buttonClass()}>
            All agents
          </Link>
        }
      />
    );
  }
  return <AgentDetail key={agent.id} agent={agent} />;
}

function AgentDetail({ agent }: { readonly agent: Agent }) {
  const state = describeAgent(agent);
  return (
    <Page title={agent.display_name} meta={<Badge tone={state.tone}>{state.word}</Badge>} actions={<Actions agent={agent} />}>
      <div className="mx-auto flex max-w-260 flex-col gap-4 md:gap-6">
        {agent.paused ? (
          <Notice tone="waiting" title="This agent is paused." actions={<PauseButton agent={agent} />}>
            {agent.pause_reason ? `${agent.pause_reason}. ` : ''}Messages to it are kept and answered after resuming.
          </Notice>
        ) : null}
        <div className="grid items-start gap-4 md:gap-6 xl:grid-cols-[minmax(0,1fr)_320px]">
          <IdentityEditor agentId={agent.id} />
          <Facts agent={agent} />
        </div>
      </div>
    </Page>
  );
}

function Facts({ agent }: { readonly agent: Agent }) {
  return (
    <Section
      title="About"
      actions={
        <span className="sm:hidden">
          <PauseButton agent={agent} />
        </span>
      }
    >
      <dl className="px-4 py-2">
        <Fact name="Id" mono>
          {agent.id}
        </Fact>
        <Fact name="Role">{agent.role || 'not set'}</Fact>
        <Fact name="Model" mono>
          {channelModelOf(agent) ?? 'the default one'}
        </Fact>
        <Fact name="Autonomy">{agent.autonomy_level}</Fact>
        <Fact name="Conversations">
          <Link to="/conversations" search={{ agent: agent.id }} className="text-accent hover:underline">
            {formatCount(agent.counts.conversations)}
          </Link>
        </Fact>
        <Fact name="Workspace" mono>
          {agent.workspace}
        </Fact>
        <Fact name="Created">
          <RelativeTime at={agent.created_at} />
        </Fact>
      </dl>
    </Section>
  );
}

function Actions({ agent }: { readonly agent: Agent }) {
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <Link to="/chat/$agentId" params={{ agentId: agent.id }} className={buttonClass('primary')}>
        <MessageSquare className="size-4" aria-hidden />
        Chat
      </Link>
      <span className="max-sm:hidden">
        <PauseButton agent={agent} />
      </span>
      <IconButton icon={Trash2} label="Delete agent" onClick={() => setAsking(true)} />
      <DeleteDialog agent={agent} open={isAsking} onClose={() => setAsking(false)} />
    </>
  );
}

function DeleteDialog({ agent, open, onClose }: { readonly agent: Agent; readonly open: boolean; readonly onClose: () => void }) {
  const remove = useDeleteAgent(agent.id);
  const navigate = useNavigate();
  const confirm = () =>
    remove.mutate(undefined, {
      onSuccess: () => {
        onClose();
        tellDone(`${agent.display_name} was removed`);
        void navigate({ to: '/agents' });
      },
    });
  return (
    <ConfirmDialog
      open={open}
      onClose={onClose}
      title={`Delete ${agent.display_name}?`}
      consequence={`It stops answering in ${formatCount(agent.counts.conversations)} conversations and is taken out of the configuration. Its folder with history and memories stays on disk.`}
      action="Delete agent"
      pending={remove.isPending}
      error={remove.error ? describeError(remove.error).detail : undefined}
      onConfirm={confirm}
    />
  );
}
