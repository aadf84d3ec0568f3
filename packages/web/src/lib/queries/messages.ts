/** What was said in a conversation, what it is doing now, and what is known of its turns. */

import type { Page } from '@spacebot/protocol/common';
import type { SpacebotEvent } from '@spacebot/protocol/events';
import type { Message } from '@spacebot/protocol/messages';
import { type InfiniteData, queryOptions, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { api } from '../api.ts';
import { TAIL_LENGTH } from '../events/apply-event.ts';
import { type LiveState, type LiveTurn, NO_LIVE_STATE } from '../events/live-turn.ts';
import { applyToTurns, TURN_EVENTS, type Turns } from '../events/turn-facts.ts';
import { queryKeys } from '../query-keys.ts';
import type { ChannelKey } from './channels.ts';

const PAGE_SIZE = 50;
/** Turns are read back from the retained events; more than this many pages of 200 is more than a screen can use. */
const TURN_PAGES = 5;

function paramsOf({ agentId, conversationId }: ChannelKey) {
  return { agent_id: agentId, conversation_id: conversationId };
}

type MessagePages = InfiniteData<Page<Message>, number | undefined>;

/** Ascending by `seq`; `fetchPreviousPage` loads what came before. */
export function useMessages(key: ChannelKey, enabled = true) {
  return useInfiniteQuery({
    queryKey: queryKeys.messages(key.agentId, key.conversationId),
    enabled,
    initialPageParam: undefined as number | undefined,
    queryFn: ({ pageParam, signal }): Promise<Page<Message>> =>
      api.call('GET /agents/{agent_id}/channels/{conversation_id}/messages', {
        params: paramsOf(key),
        query: { limit: PAGE_SIZE, before_seq: pageParam },
        signal,
      }),
    getNextPageParam: () => undefined,
    getPreviousPageParam: (first) => (first.items.length < PAGE_SIZE ? undefined : first.items[0]?.seq),
    select: (data: MessagePages) => data.pages.flatMap((page) => page.items),
  });
}

/** The last few messages, for a live card. */
export function useTail(key: ChannelKey) {
  return useQuery({
    queryKey: queryKeys.tail(key.agentId, key.conversationId),
    queryFn: async ({ signal }): Promise<readonly Message[]> => {
      const page = await api.call('GET /agents/{agent_id}/channels/{conversation_id}/messages', {
        params: paramsOf(key),
        query: { limit: TAIL_LENGTH },
        signal,
      });
      return page.items;
    },
  });
}

/** Fed by the event stream alone; never loaded, never forgotten. */
function liveOptions({ agentId, conversationId }: ChannelKey) {
  return queryOptions({
    queryKey: queryKeys.live(agentId, conversationId),
    queryFn: (): LiveState => NO_LIVE_STATE,
    enabled: false,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: Number.POSITIVE_INFINITY,
  });
}

/** The running turn with its text; changes with every piece that arrives. */
export function useLiveTurn(key: ChannelKey): LiveTurn | null {
  return useQuery(liveOptions(key)).data?.turn ?? null;
}

/** Whether a turn runs; changes only when one begins or ends. */
export function useIsAnswering(key: ChannelKey): boolean {
  return useQuery({ ...liveOptions(key), select: (live) => live.turn !== null }).data ?? false;
}

const NO_TURNS: Turns = new Map();

export function useTurns(key: ChannelKey, enabled = true): Turns {
  const { data } = useQuery({
    queryKey: queryKeys.turns(key.agentId, key.conversationId),
    enabled,
    queryFn: ({ signal }) => loadTurns(key, signal),
    structuralSharing: false,
  });
  return data ?? NO_TURNS;
}

async function loadTurns(key: ChannelKey, signal: AbortSignal): Promise<Turns> {
  let turns: Turns = new Map();
  let cursor: string | undefined;
  for (let page = 0; page < TURN_PAGES; page += 1) {
    const answer = await api.call('GET /events/history', { query: { ...paramsOf(key), types: TURN_EVENTS, limit: 200, cursor }, signal });
    for (const event of answer.items) if (isTurnEvent(event)) turns = applyToTurns(turns, event);
    if (answer.next_cursor === null) break;
    cursor = answer.next_cursor;
  }
  return turns;
}

/** The server answers only the kinds that were asked for, each with the payload of its kind. */
function isTurnEvent(event: { readonly type: string }): event is SpacebotEvent {
  return TURN_EVENTS.some((type) => type === event.type);
}
