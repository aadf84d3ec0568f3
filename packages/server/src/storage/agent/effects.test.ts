import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { deriveKey } from '../../core/ids.ts';
import type { TurnEffect } from './effects.ts';
import { CHAT, SpineWorld } from './spine-test-world.ts';

let world: SpineWorld;
beforeEach(() => {
  world = new SpineWorld();
});
afterEach(() => world.close());

async function runTurn(effects: readonly TurnEffect[], conversation: { id: string; adapterKey: string } = CHAT): Promise<string> {
  const { turnId } = await world.say({ conversation: { ...CHAT, ...conversation } });
  await world.claim(conversation.id);
  await world.spine.endTurn({ turnId, ending: 'replied', error: null, effects });
  return turnId;
}

const notice = (code: string): TurnEffect => ({ type: 'notice', text: `notice ${code}`, code });

test('[G-3] an answer is a stored message and a stored delivery before anything is sent', async () => {
  const turnId = await runTurn([world.reply('Hello.')]);
  const [delivery] = world.spine.deliveriesOfTurn(turnId);
  const [question, answer] = world.spine.messagesOfTurn(turnId);
  expect(answer).toMatchObject({ role: 'assistant', content: 'Hello.', delivery: 'queued' });
  expect(delivery).toMatchObject({ kind: 'text', message_id: answer?.id, adapter_key: 'webhook' });
  expect(JSON.parse(delivery?.body ?? '')).toEqual({ type: 'text', text: 'Hello.', inReplyTo: question?.id });
  expect(world.rung).toContain(`outbox webhook ${CHAT.id}`);
});

test('[MS-4] the key of a reply follows from its turn and its place in the turn, not from its words', async () => {
  const turnId = await runTurn([world.reply('one'), world.reply('two')]);
  expect(world.spine.deliveriesOfTurn(turnId).map((row) => row.key)).toEqual([
    deriveKey(turnId, 'reply', 0, 0),
    deriveKey(turnId, 'reply', 1, 0),
  ]);
});

test('[CH-29] there is one notice per turn and code', async () => {
  const turnId = await runTurn([notice('a'), notice('a'), notice('b')]);
  const rows = world.spine.deliveriesOfTurn(turnId);
  expect(rows.map((row) => row.key)).toEqual([`n|${turnId}|a`, `n|${turnId}|b`]);
  expect(world.spine.messagesOfTurn(turnId).filter((row) => row.role === 'system')).toHaveLength(2);
});

test('a reaction goes to the message on its platform, once', async () => {
  const { turnId, messageId } = await world.say({ platformMessageId: 'platform-9' });
  await world.claim();
  const reaction = { type: 'reaction', emoji: '👍', messageId } as const;
  await world.spine.endTurn({ turnId, ending: 'reacted', error: null, effects: [reaction, reaction] });
  const rows = world.spine.deliveriesOfTurn(turnId);
  expect(rows).toHaveLength(1);
  expect(JSON.parse(rows[0]?.body ?? '')).toEqual({ ...reaction, platformMessageId: 'platform-9' });
});

test('a status line is the conversation’s own', async () => {
  await runTurn([{ type: 'status', text: 'waiting for Ana' }]);
  expect(world.spine.conversation(CHAT.id)?.status_text).toBe('waiting for Ana');
});

test('an answer in the portal is delivered by being stored', async () => {
  const turnId = await runTurn([world.reply()], { id: 'portal:p', adapterKey: 'portal' });
  expect(world.spine.deliveriesOfTurn(turnId)).toMatchObject([{ state: 'delivered', attempts: 0 }]);
  expect(world.spine.messagesOfTurn(turnId).at(-1)?.delivery).toBe('delivered');
  expect(world.rung.filter((ring) => ring.startsWith('outbox'))).toEqual([]);
});

test('text that replaces what was streamed says so in its event', async () => {
  await runTurn([{ ...world.reply('final'), replaced: true }]);
  expect(world.spine.events(0, 100).find((event) => event.type === 'outbound_message')?.data).toBe('{"replaced":true}');
});

describe('the outbox', () => {
  const dead = { state: 'dead', code: 'forbidden', message: 'No.', permanent: true } as const;
  const retry = (countsAsTry: boolean) =>
    ({ state: 'retrying', notBefore: world.clock.now() + 1_000, code: 'x', message: 'x', countsAsTry }) as const;

  async function twoAnswers() {
    const turnId = await runTurn([world.reply('one'), world.reply('two')]);
    const [first, second] = world.spine.deliveriesOfTurn(turnId);
    if (!first || !second) throw new Error('two deliveries were expected');
    return { first, second };
  }

  test('[MS-7] the first item of a free place is on its way with its commit, later ones wait behind it in order', async () => {
    const { first, second } = await twoAnswers();
    expect([first.state, first.owner, first.attempts]).toEqual(['sending', world.runId, 1]);
    expect([second.state, second.owner, second.attempts]).toEqual(['queued', null, 0]);
    expect(world.spine.headOfPlace('webhook', CHAT.id)?.id).toBe(first.id);
    await world.spine.sent(first.id, { state: 'delivered', platformMessageId: 'p1' });
    expect(world.spine.headOfPlace('webhook', CHAT.id)?.id).toBe(second.id);
    expect(await world.spine.send(second.id)).toMatchObject({ state: 'sending', attempts: 1 });
    expect(await world.spine.send(second.id)).toBeUndefined();
  });

  test('a delivered answer carries the platform’s id, also on its message', async () => {
    const { first } = await twoAnswers();
    await world.spine.sent(first.id, { state: 'delivered', platformMessageId: 'p1' });
    expect(world.spine.delivery(first.id)).toMatchObject({ state: 'delivered', platform_message_id: 'p1', owner: null });
    expect(world.spine.message(first.message_id ?? '')).toMatchObject({ delivery: 'delivered', platform_message_id: 'p1' });
    expect(world.spine.events(0, 100).at(-1)).toMatchObject({ type: 'delivery_updated', ref: `outbox:${first.id}` });
  });

  test('an item that waits for another try keeps its place, and only real tries are counted', async () => {
    const { first } = await twoAnswers();
    await world.spine.sent(first.id, retry(true));
    expect(world.spine.headOfPlace('webhook', CHAT.id)).toMatchObject({ id: first.id, state: 'retrying', attempts: 1 });
    await world.spine.send(first.id);
    await world.spine.sent(first.id, retry(false));
    expect(world.spine.delivery(first.id)?.attempts).toBe(1);
  });

  test('[MS-6] a send in doubt holds its place until it is settled', async () => {
    const { first } = await twoAnswers();
    await world.spine.sent(first.id, { state: 'ambiguous', code: 'x', message: 'x' });
    expect(world.spine.headOfPlace('webhook', CHAT.id)).toMatchObject({ id: first.id, state: 'ambiguous' });
    expect(await world.spine.send(first.id)).toBeUndefined();
  });

  test('a final state never changes', async () => {
    const { first, second } = await twoAnswers();
    await world.spine.sent(first.id, dead);
    expect(await world.spine.sent(first.id, { state: 'delivered', platformMessageId: 'late' })).toBeUndefined();
    expect(world.spine.delivery(first.id)).toMatchObject({ state: 'dead', error_code: 'forbidden', error_permanent: 1 });
    expect(world.spine.message(first.message_id ?? '')?.delivery).toBe('failed');
    expect(world.spine.events(0, 100).at(-1)?.type).toBe('delivery_dead');
    expect(world.spine.openPlaces()).toEqual([{ adapter_key: 'webhook', conversation_id: CHAT.id }]);
    expect(world.spine.countDeliveries()).toEqual({ open: 1, dead: 1 });
    expect(second.state).toBe('queued');
  });
});
