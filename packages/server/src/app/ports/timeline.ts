/** What happened in a conversation, newest first: messages and tool calls as one list. */

import type { TimelineItem, TimelineKind } from '@spacebot/protocol/channels';
import { toIso } from '../../core/clock.ts';
import type { PageRequest, PageResult } from '../api-services.ts';
import type { OpenAgent } from '../open-agents.ts';
import { messageView, toolCompletedView } from '../views.ts';

interface Dated {
  readonly at: number;
  readonly item: TimelineItem;
}

/** A page ends with the time and id of its last item. */
export function listTimeline(
  agent: OpenAgent,
  conversationId: string,
  kinds: readonly TimelineKind[] | undefined,
  page: PageRequest,
): PageResult<TimelineItem> {
  const before = page.after === null ? Number.MAX_SAFE_INTEGER : Number(page.after[0]);
  const beforeId = page.after === null ? '' : String(page.after[1]);
  const wanted = (kind: TimelineKind) => kinds === undefined || kinds.includes(kind);
  const items: Dated[] = [
    ...(wanted('message') ? messageItems(agent, conversationId, before, page.limit) : []),
    ...(wanted('tool') ? toolItems(agent, conversationId, before, page.limit) : []),
  ];
  const rest = items.filter(({ at, item }) => at < before || (at === before && item.id < beforeId));
  rest.sort((left, right) => right.at - left.at || (left.item.id < right.item.id ? 1 : -1));
  const shown = rest.slice(0, page.limit);
  const last = rest.length > page.limit ? shown.at(-1) : undefined;
  return { items: shown.map(({ item }) => item), next: last ? [last.at, last.item.id] : null };
}

function messageItems(agent: OpenAgent, conversationId: string, before: number, limit: number): Dated[] {
  return agent.spine.messagesUntil(conversationId, before, limit + 1).map((row) => ({
    at: row.created_at,
    item: { kind: 'message', id: row.id, at: toIso(row.created_at), data: { ...messageView(agent.id, row) } },
  }));
}

function toolItems(agent: OpenAgent, conversationId: string, before: number, limit: number): Dated[] {
  return agent.spine.toolCallsUntil(conversationId, before, limit + 1).map((row) => ({
    at: row.created_at,
    item: { kind: 'tool', id: row.key, at: toIso(row.created_at), data: { ...toolCompletedView(row), turn_id: row.owner_id } },
  }));
}
