/** Applies one event to the query cache: the only place where what the server says live meets what was loaded. */

import type { Channel } from '@spacebot/protocol/channels';
import type { SpacebotEvent } from '@spacebot/protocol/events';
import type { Message } from '@spacebot/protocol/messages';
import type { QueryClient } from '@tanstack/react-query';
import { queryKeys } from '../query-keys.ts';
import { applyToLive, type LiveState, NO_LIVE_STATE } from './live-turn.ts';
import { insertBySeq, mapChannels, mapMessages, type Pages, upsertMessage, withLastMessage } from './message-pages.ts';
import { applyToTurns, type Turns } from './turn-facts.ts';

/** Lines a live card shows. */
export const TAIL_LENGTH = 4;

/** What has to be loaded again because an event changed it without saying how. */
export type Stale = readonly (readonly unknown[])[];

const NOTHING: Stale = [];
const STATUS: Stale = [queryKeys.status];
const EVERYTHING: Stale = [[]];

/** Updates the cache at once and answers which queries are now out of date. */
export function applyEvent(client: QueryClient, event: SpacebotEvent): Stale {
  if (event.agent_id === null || event.conversation_id === null) return staleAfter(client, event);
  const overtaken = event.id === null ? NOTHING : inFlight(client, event.agent_id, event.conversation_id);
  applyToConversation(client, event, event.agent_id, event.conversation_id);
  return [...staleAfter(client, event), ...overtaken];
}

/** Answers on their way may be older than this event and would undo it. */
function inFlight(client: QueryClient, agentId: string, conversationId: string): Stale {
  const keys = [queryKeys.messages, queryKeys.tail, queryKeys.turns, queryKeys.channel].map((keyOf) => keyOf(agentId, conversationId));
  return keys.filter((key) => client.getQueryState(key)?.fetchStatus === 'fetching');
}

function staleAfter(client: QueryClient, event: SpacebotEvent): Stale {
  switch (event.type) {
    case 'inbound_message':
    case 'outbound_message':
      return applyMessage(client, event.data.message) ? STATUS : [queryKeys.channelLists, queryKeys.status];
    case 'turn_started':
      return STATUS;
    case 'turn_completed':
    case 'turn_failed':
      return STATUS;
    case 'agent_state':
      return [queryKeys.agents, queryKeys.status];
    case 'adapter_state':
    case 'delivery_updated':
    case 'delivery_dead':
    case 'approval_requested':
    case 'approval_decided':
    case 'server_stopping':
      return STATUS;
    case 'config_reloaded':
    case 'config_reload_failed':
      return [queryKeys.config, queryKeys.status, queryKeys.agents];
    case 'identity_changed':
      return event.agent_id === null ? NOTHING : [queryKeys.identity(event.agent_id)];
    case 'resync':
      return EVERYTHING;
    default:
      return NOTHING;
  }
}

function applyToConversation(client: QueryClient, event: SpacebotEvent, agentId: string, conversationId: string): void {
  client.setQueryData<LiveState>(queryKeys.live(agentId, conversationId), (live) => applyToLive(live ?? NO_LIVE_STATE, event));
  client.setQueryData<Turns>(queryKeys.turns(agentId, conversationId), (turns) => (turns ? applyToTurns(turns, event) : undefined));
  const activeTurn = activeTurnAfter(event);
  if (activeTurn !== undefined) {
    changeChannel(client, agentId, conversationId, (channel) => ({ ...channel, active: { ...channel.active, turn_id: activeTurn } }));
  }
  const messageChange = messageChangeOf(event);
  if (messageChange) changeMessages(client, agentId, conversationId, messageChange);
}

function activeTurnAfter(event: SpacebotEvent): string | null | undefined {
  if (event.type === 'turn_started') return event.data.turn_id;
  return event.type === 'turn_completed' || event.type === 'turn_failed' ? null : undefined;
}

function messageChangeOf(event: SpacebotEvent): ((message: Message) => Message | null) | undefined {
  if (event.type === 'message_deleted') return (message) => (message.id === event.data.message_id ? null : message);
  if (event.type !== 'message_edited') return undefined;
  const { message_id, content } = event.data;
  return (message) => (message.id === message_id ? { ...message, content, edited_at: event.at } : message);
}

function changeMessages(client: QueryClient, agentId: string, conversationId: string, change: (message: Message) => Message | null): void {
  client.setQueryData<Pages<Message>>(queryKeys.messages(agentId, conversationId), (data) =>
    data ? mapMessages(data, change) : undefined,
  );
  client.setQueryData<readonly Message[]>(queryKeys.tail(agentId, conversationId), (tail) =>
    tail?.map(change).filter((message) => message !== null),
  );
}

/** Stores a new or changed message wherever its conversation is shown; `false` when no loaded list knows the conversation. */
export function applyMessage(client: QueryClient, message: Message): boolean {
  const { agent_id: agentId, conversation_id: conversationId } = message;
  client.setQueryData<Pages<Message>>(queryKeys.messages(agentId, conversationId), (data) =>
    data ? upsertMessage(data, message) : undefined,
  );
  client.setQueryData<readonly Message[]>(queryKeys.tail(agentId, conversationId), (tail) =>
    tail ? insertBySeq(tail, message).slice(-TAIL_LENGTH) : undefined,
  );
  return changeChannel(client, agentId, conversationId, (channel) => withLastMessage(channel, message));
}

function changeChannel(client: QueryClient, agentId: string, conversationId: string, change: (channel: Channel) => Channel): boolean {
  let found = false;
  const changeHere = (channel: Channel) => {
    if (channel.agent_id !== agentId || channel.id !== conversationId) return channel;
    found = true;
    return change(channel);
  };
  client.setQueriesData<Pages<Channel>>({ queryKey: queryKeys.channelLists }, (data) => (data ? mapChannels(data, changeHere) : undefined));
  client.setQueryData<Channel>(queryKeys.channel(agentId, conversationId), (channel) => (channel ? changeHere(channel) : undefined));
  return found;
}
