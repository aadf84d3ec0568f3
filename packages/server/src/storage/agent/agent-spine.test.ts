import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CHAT, SpineWorld } from './spine-test-world.ts';

let world: SpineWorld;
beforeEach(() => {
  world = new SpineWorld();
});
afterEach(() => world.close());

test('an agent keeps its name in the tables over restarts', () => {
  const { uid, logEpoch } = world.spine;
  expect(world.reboot()).toMatchObject({ uid, logEpoch });
});

describe('pages', () => {
  const seqsOf = (page: Parameters<typeof world.spine.messages>[1]) => world.spine.messages(CHAT.id, page).map((row) => row.seq);
  beforeEach(async () => {
    for (const text of ['100%', 'a_b', 'plain', 'back\\slash', 'last']) await world.say({ text });
  });

  test('[API-5] messages come oldest first, from the end, before a number or after one', () => {
    expect(seqsOf({ limit: 2 })).toEqual([4, 5]);
    expect(seqsOf({ limit: 2, before: 4 })).toEqual([2, 3]);
    expect(seqsOf({ limit: 2, after: 1 })).toEqual([2, 3]);
    expect(seqsOf({ limit: 10, before: 4, after: 4 })).toEqual([5]);
  });

  test('a search takes its signs literally', () => {
    expect(seqsOf({ limit: 10, text: '%' })).toEqual([1]);
    expect(seqsOf({ limit: 10, text: '_' })).toEqual([2]);
    expect(seqsOf({ limit: 10, text: '\\' })).toEqual([4]);
    expect(seqsOf({ limit: 10, text: 'LAST' })).toEqual([5]);
  });

  test('[API-5] conversations come by newest activity, without holes or repeats where the time is the same', async () => {
    for (const id of ['webhook:x', 'webhook:y', 'webhook:z']) await world.say({ conversation: { ...CHAT, id } });
    const seen: string[] = [];
    for (let before: { at: number; id: string } | undefined; ; ) {
      const [row] = world.spine.conversations({ limit: 1, ...(before === undefined ? {} : { before }) });
      if (!row) break;
      seen.push(row.id);
      before = { at: row.last_activity_at, id: row.id };
    }
    expect(seen).toEqual(['webhook:z', 'webhook:y', 'webhook:x', CHAT.id]);
  });
});

test('[OB-4] what waits and what runs is counted from the rows', async () => {
  await world.say();
  await world.say();
  await world.claim();
  expect(world.spine.countOpenTurns()).toEqual({ running: 1, waiting: 1 });
  expect(world.spine.countQueued(CHAT.id)).toBe(2);
  expect(world.spine.dueConversations()).toEqual([{ conversation_id: CHAT.id, due_at: world.clock.now() }]);
});

test('[US-1] the cost of a turn is the sum of its calls', async () => {
  const turnId = await world.talk('hi');
  expect(world.spine.usageOf(turnId)).toMatchObject({ requests: 1, priced: 0, unpriced: 1 });
  expect(world.spine.usageOf('nobody')).toMatchObject({ requests: 0, cost_micro_usd: 0 });
});

test('events that every reader has passed are forgotten in bounded parts, and numbers go on', async () => {
  await world.talk('hi');
  const last = world.spine.lastEventSeq();
  expect(await world.spine.trimEvents(last - 1)).toBe(last - 1);
  expect(world.spine.events(0, 100).map((event) => event.seq)).toEqual([last]);
  await world.say();
  expect(world.spine.lastEventSeq()).toBe(last + 1);
});

test('a mark is set, read and taken away', async () => {
  await world.spine.setMeta('paused', 'holiday');
  expect(world.reboot().meta('paused')).toBe('holiday');
  await world.spine.setMeta('paused', null);
  expect(world.spine.meta('paused')).toBeNull();
});
