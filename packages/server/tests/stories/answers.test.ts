/** A message goes in, a model is asked, the answer comes out: both ways in, both dialects. */

import { afterEach, describe, expect, test } from 'vitest';
import { answering, said } from '../../src/testing/said.ts';
import { reply, script, text } from '../../src/testing/scripted-model/script.ts';
import { closeTestWorlds, createTestWorld } from '../../src/testing/test-world.ts';

afterEach(closeTestWorlds);

describe.each(['openai-chat', 'anthropic'] as const)('with a model that speaks %s', (dialect) => {
  test('what is sent to the webhook is answered by the model and polled', async () => {
    const world = await createTestWorld({ dialect, model: script(reply('The sky is blue.')) });
    const accepted = await world.webhook.says('What colour is the sky?');
    expect(accepted).toMatchObject({ accepted: true, conversation_id: 'talk', duplicate: false, after: 0 });
    const [answer] = await world.webhook.replies(1);
    expect(answer).toMatchObject({
      seq: 1,
      type: 'message',
      content: 'The sky is blue.',
      in_reply_to: accepted.message_id,
      turn_id: accepted.turn_id,
    });
    expect(world.model.requests.map((request) => [request.dialect, request.model, said(request)])).toEqual([
      [dialect, 'first', 'What colour is the sky?'],
    ]);
    expect(await world.webhook.poll()).toMatchObject({ next_after: 1, more: false, state: 'idle' });
  });

  test('the portal answers at once, at the end of the turn, or as a stream', async () => {
    const world = await createTestWorld({ dialect, model: script(reply('one'), reply('two'), text('three parts here')) });
    const recorder = await world.record();
    const accepted = await world.portal.says('first');
    expect(accepted).toMatchObject({ state: 'queued', conversation_id: 'portal:chat:main:story', message: { content: 'first', seq: 1 } });
    await recorder.waitFor('turn_completed', (event) => event.turn_id === accepted.turn_id);
    const waited = await world.portal.asks('second');
    expect(waited).toMatchObject({ state: 'completed', error: null, messages: [{ role: 'assistant', content: 'two' }] });
    expect(waited.usage).toMatchObject({ requests: 1, input_tokens: 100, output_tokens: 10 });
    const events = await world.portal.streams('third');
    expect(events.at(-1)).toMatchObject({ type: 'turn_completed', data: { state: 'completed' } });
    expect((await world.portal.history()).map(({ role, content }) => `${role}: ${content}`)).toEqual([
      'user: first',
      'assistant: one',
      'user: second',
      'assistant: two',
      'user: third',
      'assistant: three parts here',
    ]);
  });

  test.each([
    ['through reply', reply('A longer answer, told word by word.', { chunkDelayMs: 2 })],
    ['as plain text', text('A longer answer, told word by word.', { chunkDelayMs: 2 })],
  ])('a stream shows the turn in order, and its deltas join to the final answer (%s)', async (_, step) => {
    const world = await createTestWorld({ dialect, model: script(step) });
    const events = await world.portal.streams('Tell me.');
    const types = events.map(({ type }) => type).filter((type) => type !== 'typing_state' && !type.startsWith('tool_'));
    expect(types[0]).toBe('inbound_message');
    expect(types[1]).toBe('turn_started');
    expect(types.slice(2, -2)).toEqual(types.slice(2, -2).map(() => 'outbound_message_delta'));
    expect(types.slice(-2)).toEqual(['outbound_message', 'turn_completed']);
    const deltas = events.flatMap((event) => (event.type === 'outbound_message_delta' ? [event.data] : []));
    expect(deltas.length).toBeGreaterThan(1);
    expect(deltas.map(({ index }) => index)).toEqual(deltas.map((_delta, index) => index));
    const final = events.find((event) => event.type === 'outbound_message');
    expect(final?.data).toMatchObject({ replaced: false, message: { content: deltas.map(({ delta }) => delta).join('') } });
    expect(new Set(deltas.map(({ message_id }) => message_id))).toEqual(new Set([final?.data.message.id]));
    expect(events.filter(({ type }) => type === 'turn_completed' || type === 'turn_failed')).toHaveLength(1);
  });

  test('a failed turn closes its stream with exactly one turn_failed', async () => {
    const world = await createTestWorld({ dialect, model: script(text(''), text(''), text('')) });
    const types = (await world.portal.streams('Say something.')).map(({ type }) => type);
    expect(types.at(-1)).toBe('turn_failed');
    expect(types.filter((type) => type === 'turn_completed' || type === 'turn_failed')).toHaveLength(1);
  });
});

test('[CH-2] messages that arrive during a turn are answered afterwards, in order, each by its own turn', async () => {
  const world = await createTestWorld({ model: answering((asked) => `re: ${asked}`) });
  const accepted = [];
  for (const number of ['one', 'two', 'three', 'four']) accepted.push(await world.webhook.says(number));
  expect(await world.webhook.heard(4)).toEqual(['re: one', 're: two', 're: three', 're: four']);
  expect((await world.webhook.replies()).map(({ in_reply_to }) => in_reply_to)).toEqual(accepted.map(({ message_id }) => message_id));
  expect(new Set(accepted.map(({ turn_id }) => turn_id)).size).toBe(4);
});

test('the model reads what was said before, and its own answers, but not what waits behind it', async () => {
  const world = await createTestWorld({ model: script(reply('Hello Ana.', { delayMs: 30 }), reply('Ana.')) });
  await world.webhook.says('I am Ana.');
  await world.webhook.says('Who am I?');
  await world.webhook.heard(2);
  const [first, second] = world.model.requests.map((request) => JSON.stringify(request.body));
  expect(first).not.toContain('Who am I?');
  expect(second).toMatch(/I am Ana\..*Hello Ana\..*Who am I\?/s);
});

test('[CH-3] two agents that talk in conversations of one name never mix history, output or events', async () => {
  const world = await createTestWorld({
    config: { agents: ['main', 'second'] },
    model: answering((asked) => `heard ${asked}`),
  });
  const first = await world.portal.asks('apples', { agent: 'main' });
  const second = await world.portal.asks('pears', { agent: 'second' });
  expect(first.messages.map(({ content }) => content)).toEqual(['heard apples']);
  expect(second.messages.map(({ content }) => content)).toEqual(['heard pears']);
  expect(JSON.stringify(world.model.requests[1]?.body)).not.toContain('apples');
  await world.webhook.asks('plums', { agent_id: 'second' });
  await world.webhook.asks('cherries', { agent_id: 'main' });
  expect(JSON.stringify(world.model.requests[3]?.body)).not.toContain('plums');
  expect(await world.webhook.heard()).toEqual(['heard plums', 'heard cherries']);
  const events = await world.api.call('GET /events/history', { query: { agent_id: 'second', limit: 200 } });
  expect(events.items.length).toBeGreaterThan(4);
  expect(JSON.stringify(events.items)).not.toMatch(/apples|cherries/);
});
