import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { packageRoot } from '../../core/package-root.ts';
import { ManualClock } from '../../testing/manual-clock.ts';
import { migrate } from '../migrations.ts';
import { SqliteDatabase } from '../sqlite-database.ts';
import { ReplyStore } from './reply-store.ts';

const PLACE = ['webhook', 'webhook:c'] as const;
let directory: string;
let database: SqliteDatabase;
let clock: ManualClock;
let replies: ReplyStore;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'spacebot-replies-'));
  clock = new ManualClock();
  database = new SqliteDatabase(join(directory, 'instance.db'));
  migrate(database, join(packageRoot(), 'migrations', 'instance'), clock);
  replies = new ReplyStore(database, clock);
});

afterEach(() => {
  database.close();
  rmSync(directory, { recursive: true, force: true });
});

function store(key: string, conversationId: string = PLACE[1], agentId = 'main'): Promise<number> {
  return replies.store({ adapterKey: PLACE[0], conversationId, key, agentId, body: JSON.stringify({ id: key }) });
}

test('[MS-4] a reply is stored once per key, and a repeat gets the first number', async () => {
  expect(await Promise.all([store('a'), store('a'), store('b')])).toEqual([1, 1, 2]);
  expect(await store('a')).toBe(1);
  expect(replies.readAfter(...PLACE, 0, 10).replies).toHaveLength(2);
});

test('numbers run per conversation, and on when its agent changes', async () => {
  await store('a');
  expect(await store('b', PLACE[1], 'sales')).toBe(2);
  expect(await store('c', 'webhook:other')).toBe(1);
});

test('[WH-2] reading after a number consumes nothing and says whether there is more', async () => {
  for (const key of ['a', 'b', 'c']) await store(key);
  const page = replies.readAfter(...PLACE, 1, 1);
  expect(page).toMatchObject({ replies: [{ seq: 2 }], more: true, nextAfter: 2, truncated: false });
  expect(replies.readAfter(...PLACE, 1, 1)).toEqual(page);
  expect(replies.readAfter(...PLACE, 9, 1)).toMatchObject({ replies: [], more: false, nextAfter: 9 });
});

test('[WH-2] the kept cursor hands each reply out once, also to two readers at once', async () => {
  for (const key of ['a', 'b', 'c']) await store(key);
  const pages = await Promise.all([replies.readNext(...PLACE, 2), replies.readNext(...PLACE, 2)]);
  expect(pages.map((page) => page.replies.map((reply) => reply.seq))).toEqual([[1, 2], [3]]);
  expect(replies.hasNext(...PLACE)).toBe(false);
  expect(await replies.readNext(...PLACE, 2)).toMatchObject({ replies: [], nextAfter: 3 });
});

test('old replies are forgotten in small steps; numbers go on, and readers below hear of the gap', async () => {
  for (let index = 0; index < 600; index += 1) void store(`old-${index}`);
  await store('last-old');
  clock.advance(1_000);
  await store('new');
  const before = clock.now() - 500;
  expect([await replies.prune(PLACE[0], before), await replies.prune(PLACE[0], before), await replies.prune(PLACE[0], before)]).toEqual([
    500, 101, 0,
  ]);
  expect(replies.readAfter(...PLACE, 0, 10)).toMatchObject({ replies: [{ seq: 602 }], truncated: true });
  expect(replies.readAfter(...PLACE, 601, 10)).toMatchObject({ truncated: false });
  expect(await replies.readNext(...PLACE, 10)).toMatchObject({ replies: [{ seq: 602 }], truncated: true });
  expect(await store('newer')).toBe(603);
});
