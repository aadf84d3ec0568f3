import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { QUEUE_LIMIT } from './accept.ts';
import { CHAT, SpineWorld } from './spine-test-world.ts';

let world: SpineWorld;
beforeEach(() => {
  world = new SpineWorld();
});
afterEach(() => world.close());

const seqs = (conversationId: string) =>
  world.rows<{ seq: number }>('SELECT seq FROM messages WHERE conversation_id = ? ORDER BY id', conversationId).map((row) => row.seq);

describe('a message is taken once', () => {
  test('[MS-2] a repeat stores nothing and gets the ids of the first', async () => {
    const message = world.message({ afterSeq: 7 });
    const first = await world.spine.accept(message);
    const before = world.counts();
    const repeat = await world.spine.accept({ ...message, afterSeq: 9 });
    expect(repeat).toEqual({ ...first, duplicate: true, afterSeq: 7 });
    expect(world.counts()).toEqual(before);
  });

  test('two repeats in one group commit are still one message', async () => {
    const message = world.message();
    const answers = await Promise.all([world.spine.accept(message), world.spine.accept(message)]);
    expect(answers.map((answer) => answer.duplicate)).toEqual([false, true]);
    expect(world.counts()).toMatchObject({ messages: 1, mailbox: 1, turns: 1 });
  });

  test('[API-6] a known key with another body is a conflict, and nothing is stored', async () => {
    const message = world.message();
    await world.spine.accept(message);
    const before = world.counts();
    await expect(world.spine.accept({ ...message, bodyHash: 'other' })).rejects.toMatchObject({ code: 'idempotency_conflict' });
    expect(world.counts()).toEqual(before);
  });

  test('a key with a lifetime is free again after it, and the old message keeps its row', async () => {
    const message = world.message({ keyLifetimeMs: 1_000 });
    const first = await world.spine.accept(message);
    world.clock.advance(999);
    expect(await world.spine.accept(message)).toMatchObject({ duplicate: true });
    world.clock.advance(1);
    const second = await world.spine.accept(message);
    expect(second.duplicate).toBe(false);
    expect(second.messageId).not.toBe(first.messageId);
    expect(world.spine.mailboxOfMessage(first.messageId)).toMatchObject({ state: 'queued' });
  });
});

test('[ST-4] sequence numbers grow by one per conversation, given in the insert itself', async () => {
  const other = { ...CHAT, id: 'webhook:other' };
  await Promise.all([world.say(), world.say({ conversation: other }), world.say(), world.say({ start: 'observe' })]);
  expect(seqs(CHAT.id)).toEqual([1, 2, 3]);
  expect(seqs(other.id)).toEqual([1]);
});

test('[NV-1] the message, its mailbox row, its turn and its event are one commit, and the channel is woken after it', async () => {
  const { messageId, turnId } = await world.say({ text: 'hi' });
  expect(world.spine.message(messageId)).toMatchObject({ content: 'hi', turn_id: turnId, delivery: 'received' });
  expect(world.spine.turn(turnId)).toMatchObject({ state: 'ready', first_cause: messageId });
  expect(world.spine.mailboxOfMessage(messageId)).toMatchObject({ state: 'queued', turn_id: turnId });
  expect(world.spine.events(0, 10)).toMatchObject([{ type: 'inbound_message', turn_id: turnId, ref: `messages:${messageId}` }]);
  expect(world.rung).toEqual([`turn ${CHAT.id} 0`]);
});

describe('a full queue', () => {
  const fill = () => Promise.all(Array.from({ length: QUEUE_LIMIT }, () => world.say()));

  test('[G-6] the 257th waiting message is refused with a time to come back, and nothing of it is stored', async () => {
    await fill();
    const before = world.counts();
    await expect(world.say()).rejects.toMatchObject({ code: 'queue_full', retry: { afterMs: 5_000 } });
    expect(world.counts()).toEqual(before);
  });

  test('a full conversation keeps neither another one, nor an observed message, nor a repeat out', async () => {
    const known = world.message();
    await world.spine.accept(known);
    await Promise.all(Array.from({ length: QUEUE_LIMIT - 1 }, () => world.say()));
    expect((await world.say({ conversation: { ...CHAT, id: 'webhook:other' } })).duplicate).toBe(false);
    expect((await world.say({ start: 'observe' })).duplicate).toBe(false);
    expect((await world.spine.accept(known)).duplicate).toBe(true);
  });

  test('an answered message makes room for one', async () => {
    await fill();
    const { turn } = await world.claim();
    await world.spine.endTurn({ turnId: turn.id, ending: 'skipped', error: null, effects: [] });
    expect((await world.say()).duplicate).toBe(false);
    await expect(world.say()).rejects.toMatchObject({ code: 'queue_full' });
  });
});

describe('coalescing', () => {
  const gather = (open: { firstAt: number } | null) => Math.min(world.clock.now() + 1_500, (open?.firstAt ?? world.clock.now()) + 5_000);

  test('[CO-1] a burst joins one turn, which is due after the quiet time', async () => {
    const first = await world.say({ gather });
    world.clock.advance(1_000);
    const second = await world.say({ gather });
    expect(second.turnId).toBe(first.turnId);
    expect(world.rung).toEqual([`turn ${CHAT.id} 1500`, `turn ${CHAT.id} 1500`]);
    expect(await world.tryClaim()).toBeNull();
    world.clock.advance(1_500);
    const claimed = await world.claim();
    expect(claimed.causes.map((cause) => cause.id)).toEqual([first.messageId, second.messageId]);
  });

  test('[CO-2] the rule sees when the first message came, so a trickle cannot postpone the turn', async () => {
    const seen: (number | null)[] = [];
    const start = world.clock.now();
    const watch = (open: { firstAt: number } | null) => {
      seen.push(open && open.firstAt - start);
      return gather(open);
    };
    for (let n = 0; n < 5; n += 1) {
      await world.say({ gather: watch });
      world.clock.advance(1_200);
    }
    expect(seen).toEqual([null, 0, 0, 0, 0]);
    expect(world.spine.openTurns(CHAT.id)).toMatchObject([{ due_at: start + 5_000 }]);
    expect(await world.tryClaim()).not.toBeNull();
  });

  test('[CO-4] every message of a burst is stored on its own', async () => {
    await world.say({ gather });
    await world.say({ gather });
    expect(world.counts()).toMatchObject({ messages: 2, mailbox: 2, turns: 1 });
  });

  test('a message that comes while the turn runs begins the next one', async () => {
    const first = await world.say({ gather: () => world.clock.now() });
    await world.claim();
    const second = await world.say({ gather });
    expect(second.turnId).not.toBe(first.turnId);
  });
});

test('[CH-20] an observed message enters the history, wakes nobody and is done at once', async () => {
  const { messageId, turnId } = await world.say({ start: 'observe' });
  expect(turnId).toBe('');
  expect(world.spine.mailboxOfMessage(messageId)).toMatchObject({ state: 'done', outcome: 'observed', turn_id: null });
  expect(world.rung).toEqual([]);
  expect(await world.tryClaim()).toBeNull();
});

/** mulberry32: the same seed gives the same order on every machine. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), 1 | state);
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function shuffle<Item>(items: readonly Item[], random: () => number): Item[] {
  const keyed = items.map((item) => ({ item, key: random() }));
  return keyed.sort((left, right) => left.key - right.key).map(({ item }) => item);
}

test.each([
  1, 2, 3, 4, 5, 6, 7, 8,
])('[NV-4] any order and any repeats of what comes in give the same set of turns (seed %i)', async (seed) => {
  const random = seeded(seed);
  const messages = Array.from({ length: 30 }, (_, index) =>
    world.message({ conversation: { ...CHAT, id: `webhook:${index % 4}` }, text: `text ${index}` }),
  );
  const repeats = messages.filter(() => random() < 0.6);
  const arriving = shuffle([...messages, ...repeats, ...repeats.filter(() => random() < 0.3)], random);
  for (let at = 0; at < arriving.length; ) {
    const group = arriving.slice(at, at + 1 + Math.floor(random() * 6));
    await Promise.all(group.map((message) => world.spine.accept(message)));
    if (random() < 0.2) {
      world.reboot();
      world.recover();
    }
    at += group.length;
  }
  const turns = world.rows<{ conversation_id: string; content: string }>(
    'SELECT t.conversation_id, m.content FROM turns t JOIN messages m ON m.turn_id = t.id ORDER BY m.content',
  );
  const expected = messages.map(({ conversation, text }) => ({ conversation_id: conversation.id, content: text }));
  expect(turns).toEqual(expected.sort((left, right) => (left.content < right.content ? -1 : 1)));
  expect(world.counts()).toMatchObject({ messages: 30, mailbox: 30, turns: 30 });
});
