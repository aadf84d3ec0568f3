import type { Channel } from '@spacebot/protocol/channels';
import type { SpacebotEvent } from '@spacebot/protocol/events';
import type { Message } from '@spacebot/protocol/messages';
import { QueryClient } from '@tanstack/react-query';
import { expect, test } from 'vitest';
import { AGENT, at, CONVERSATION, sampleChannel, sampleEvent, sampleMessage, sampleTurn } from '../../testing/samples.ts';
import { queryKeys } from '../query-keys.ts';
import { applyEvent } from './apply-event.ts';
import type { Pages } from './message-pages.ts';
import type { Turns } from './turn-facts.ts';

function loadedCache(messages: readonly Message[], channel: Channel = sampleChannel()): QueryClient {
  const client = new QueryClient();
  client.setQueryData(queryKeys.messages(AGENT, CONVERSATION), {
    pages: [{ items: messages, next_cursor: null }],
    pageParams: [undefined],
  });
  client.setQueryData(queryKeys.tail(AGENT, CONVERSATION), messages.slice(-4));
  client.setQueryData(queryKeys.turns(AGENT, CONVERSATION), new Map());
  client.setQueryData(queryKeys.channelList({}), { pages: [{ items: [channel], next_cursor: null }], pageParams: [undefined] });
  return client;
}

const contents = (client: QueryClient) =>
  client
    .getQueryData<Pages<Message>>(queryKeys.messages(AGENT, CONVERSATION))
    ?.pages.flatMap((page) => page.items)
    .map((message) => message.content);
const channelIn = (client: QueryClient) => client.getQueryData<Pages<Channel>>(queryKeys.channelList({}))?.pages[0]?.items[0];
const play = (client: QueryClient, events: readonly SpacebotEvent[]) => events.map((event) => applyEvent(client, event));

test('a turn appears in the conversation, on its card and in the list without a reload', () => {
  const client = loadedCache([]);
  play(client, sampleTurn().slice(0, 2));
  expect(channelIn(client)?.active.turn_id).toBe('t1');
  play(client, sampleTurn().slice(2));
  expect(contents(client)).toEqual(['message 1', 'It is noon.']);
  expect(client.getQueryData<readonly Message[]>(queryKeys.tail(AGENT, CONVERSATION))?.map((message) => message.seq)).toEqual([1, 2]);
  expect(channelIn(client)).toMatchObject({ message_count: 2, active: { turn_id: null }, last_message: { preview: 'It is noon.' } });
  expect(client.getQueryData<Turns>(queryKeys.turns(AGENT, CONVERSATION))?.get('t1')).toMatchObject({
    model: 'demo/echo',
    tools: [{ name: 'shell', result: { durationMs: 40 } }],
    end: { state: 'completed' },
  });
});

test('[SSE-7] applying a replay after a cut gives the same state as having watched', () => {
  const watched = loadedCache([]);
  play(watched, sampleTurn());
  const replayed = loadedCache([]);
  play(replayed, sampleTurn().slice(0, 4));
  play(
    replayed,
    sampleTurn().filter((event) => event.id !== null),
  );
  for (const key of [queryKeys.messages(AGENT, CONVERSATION), queryKeys.turns(AGENT, CONVERSATION), queryKeys.channelList({})]) {
    expect(replayed.getQueryData(key)).toEqual(watched.getQueryData(key));
  }
});

test('an edit and a deletion change what is shown', () => {
  const client = loadedCache([sampleMessage(1), sampleMessage(2)]);
  play(client, [
    sampleEvent('message_edited', { message_id: 'm1', content: 'corrected' }, { at: at(50) }),
    sampleEvent('message_deleted', { message_id: 'm2' }),
  ]);
  expect(contents(client)).toEqual(['corrected']);
});

test('a message of an unknown conversation asks for the lists again', () => {
  const client = loadedCache([], sampleChannel({ id: 'webhook:other' }));
  expect(play(client, sampleTurn().slice(0, 1))[0]).toContain(queryKeys.channelLists);
});

test('[SSE-1] a gap in the log asks for everything again', () => {
  const event = sampleEvent('resync', { reason: 'gap', oldest_id: 5, latest_id: 9 }, { id: null, agent_id: null, conversation_id: null });
  expect(applyEvent(new QueryClient(), event)).toEqual([[]]);
});

test('an answer that was on its way while an event arrived is asked for again', () => {
  const client = new QueryClient();
  void client.prefetchQuery({ queryKey: queryKeys.messages(AGENT, CONVERSATION), queryFn: () => new Promise<never>(() => {}) });
  expect(play(client, sampleTurn().slice(0, 1))[0]).toContainEqual(queryKeys.messages(AGENT, CONVERSATION));
});

test('a message older than what is loaded is left for the page it belongs to', () => {
  const client = loadedCache([sampleMessage(50), sampleMessage(51)]);
  play(client, [sampleEvent('inbound_message', { message: sampleMessage(3) })]);
  expect(contents(client)).toEqual(['message 50', 'message 51']);
});
