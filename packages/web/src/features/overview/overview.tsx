/** The signature screen: is everything all right, and what is it doing. */

import type { Channel } from '@spacebot/protocol/channels';
import { Link } from '@tanstack/react-router';
import { MessageSquarePlus } from 'lucide-react';
import { useRef } from 'react';
import { buttonClass } from '../../components/button.tsx';
import { Page } from '../../components/page.tsx';
import { EmptyState, ErrorState, Skeleton } from '../../components/states.tsx';
import { describeError } from '../../lib/api.ts';
import { useCurrentAgent } from '../../lib/current-agent.ts';
import { useAgents } from '../../lib/queries/agents.ts';
import { useChannels } from '../../lib/queries/channels.ts';
import { ConversationCard } from './conversation-card.tsx';
import { keepOrder } from './keep-order.ts';
import { StatusStrip } from './status-strip.tsx';

/** Cards beyond this are one click away in the list; each one shown follows its messages live. */
const CARDS = 24;

export function Overview() {
  const agentId = useCurrentAgent();
  return (
    <Page
      title="Overview"
      actions={
        <Link to="/chat" className={buttonClass('primary')}>
          <MessageSquarePlus className="size-4" aria-hidden />
          New chat
        </Link>
      }
    >
      <div className="flex flex-col gap-4 md:gap-6">
        <StatusStrip />
        <Cards key={agentId ?? ''} agentId={agentId} />
      </div>
    </Page>
  );
}

function Cards({ agentId }: { readonly agentId: string | null }) {
  const channels = useChannels(agentId === null ? {} : { agent_id: agentId });
  const agents = useAgents();
  const names = new Map(agents.data?.map((agent) => [agent.id, agent.display_name]));
  const cards = useSteadyCards(channels.data);

  if (channels.isPending) return <CardSkeletons />;
  if (channels.isError && !channels.data) {
    const { detail, reference } = describeError(channels.error);
    return (
      <ErrorState title="Conversations could not be loaded" detail={detail} reference={reference} onRetry={() => void channels.refetch()} />
    );
  }
  if (cards.length === 0) return <NoConversations />;
  return (
    <section aria-label="Live conversations" className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,320px),1fr))] gap-3 md:gap-4">
      {cards.slice(0, CARDS).map((channel) => (
        <ConversationCard
          key={`${channel.agent_id} ${channel.id}`}
          channel={channel}
          agentName={names.get(channel.agent_id) ?? channel.agent_id}
          showAgent={names.size > 1 && agentId === null}
        />
      ))}
    </section>
  );
}

/** Nothing jumps: cards stay where they were when the page was opened, and new ones come first. */
function useSteadyCards(channels: readonly Channel[] | undefined): readonly Channel[] {
  const order = useRef<readonly string[]>([]);
  const open = (channels ?? []).filter((channel) => channel.state !== 'archived');
  const byKey = new Map(open.map((channel) => [`${channel.agent_id} ${channel.id}`, channel]));
  order.current = keepOrder(order.current, [...byKey.keys()]);
  return order.current.map((key) => byKey.get(key)).filter((channel) => channel !== undefined);
}

function CardSkeletons() {
  return (
    <div role="status" aria-label="Loading conversations" className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,320px),1fr))] gap-4">
      {[1, 2, 3, 4, 5, 6].map((card) => (
        <Skeleton key={card} className="h-52 rounded-surface!" />
      ))}
    </div>
  );
}

function NoConversations() {
  return (
    <div className="surface">
      <EmptyState
        icon={MessageSquarePlus}
        title="No conversations yet."
        action={
          <Link to="/chat" className={buttonClass('primary')}>
            Say hello
          </Link>
        }
      >
        Every conversation, on whatever platform, appears here as a live card the moment it begins.
      </EmptyState>
    </div>
  );
}
