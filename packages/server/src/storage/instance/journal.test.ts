import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { packageRoot } from '../../core/package-root.ts';
import { CHAT, SpineWorld } from '../agent/spine-test-world.ts';
import { migrate } from '../migrations.ts';
import { SqliteDatabase } from '../sqlite-database.ts';
import { Journal, type JournalRow } from './journal.ts';

let directory: string;
let world: SpineWorld;
let durable: SqliteDatabase;
let journal: Journal;
let heard: JournalRow[];

function open(crashed: boolean): void {
  const path = join(directory, 'instance.db');
  durable = new SqliteDatabase(path);
  migrate(durable, join(packageRoot(), 'migrations', 'instance'), world.clock);
  journal = new Journal(path, durable, { clock: world.clock, crashed, onFailure: () => {} });
  journal.onRows((rows) => void heard.push(...rows));
}

function shut(): void {
  journal.close();
  durable.close();
}

function restart(crashed: boolean): void {
  shut();
  open(crashed);
}

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'spacebot-journal-'));
  world = new SpineWorld();
  heard = [];
  open(false);
});

afterEach(() => {
  shut();
  world.close();
  rmSync(directory, { recursive: true, force: true });
});

const instanceEvent = (n: number) => journal.append({ type: 'adapter_state', agentId: null, data: { n } });
const ids = (filter = {}, after = 0) => journal.read(after, filter, 1_000).map((row) => row.id);
const isGrowing = (list: readonly number[]) => list.every((id, index) => index === 0 || id > (list[index - 1] ?? 0));

describe('the relay', () => {
  test('[G-4] copies every event exactly once, in order, over restarts of both sides', async () => {
    await world.talk('one');
    await journal.relay('main', world.spine);
    restart(true);
    world.reboot();
    await world.talk('two');
    expect(await journal.relay('main', world.spine)).toBe(4);
    expect(await journal.relay('main', world.spine)).toBe(0);
    const copied = journal.read(0, {}, 100).map((row) => [row.type, row.ref]);
    expect(copied).toEqual(world.spine.events(0, 100).map((event) => [event.type, event.ref]));
    expect(heard.map((row) => row.id)).toEqual(ids());
  });

  test('two looks at the same time copy nothing twice', async () => {
    await world.talk('one');
    const copied = await Promise.all([journal.relay('main', world.spine), journal.relay('main', world.spine)]);
    expect(copied).toEqual([4, 0]);
    expect(journal.cursor(world.spine)).toBe(4);
  });

  test('a long backlog comes in bounded parts', async () => {
    await Promise.all(Array.from({ length: 600 }, (_, n) => world.say({ conversation: { ...CHAT, id: `webhook:${n}` } })));
    expect(await journal.relay('main', world.spine)).toBe(500);
    expect(await journal.relay('main', world.spine)).toBe(100);
  });

  test('an erased conversation leaves no hole that stops it', async () => {
    await world.say();
    await world.spine.eraseConversation(CHAT.id);
    await world.say({ conversation: { ...CHAT, id: 'webhook:other' } });
    expect(await journal.relay('main', world.spine)).toBe(1);
  });
});

describe('[SSE-1] ids', () => {
  test('grow over agents, instance events and clean restarts, without a gap', async () => {
    await world.say();
    await journal.relay('main', world.spine);
    await instanceEvent(1);
    restart(false);
    await instanceEvent(2);
    expect(ids()).toEqual([1, 2, 3]);
  });

  test('skip to the next block after an unclean end, so that none is given twice even when the newest rows were lost', async () => {
    await instanceEvent(1);
    await instanceEvent(2);
    durable.writeNow((tx) => tx.run('DELETE FROM journal'));
    restart(true);
    await instanceEvent(3);
    expect(ids()[0]).toBeGreaterThan(10_000);
    restart(true);
    await instanceEvent(4);
    expect(isGrowing(ids())).toBe(true);
  });

  test('never pass the end that is durable, also when many copies run at once', async () => {
    const worlds = Array.from({ length: 3 }, () => new SpineWorld());
    for (const other of worlds) await Promise.all(Array.from({ length: 6_000 }, () => other.say({ start: 'observe' })));
    await instanceEvent(1);
    const promisedEnd = () => Number(durable.get<{ value: string }>("SELECT value FROM meta WHERE key = 'journal_block_end'")?.value);
    const ends: boolean[] = [];
    journal.onRows((rows) => ends.push((rows.at(-1)?.id ?? 0) <= promisedEnd()));
    for (let n = 0; n < 12; n += 1) await Promise.all(worlds.map((other) => journal.relay('agent', other.spine)));
    expect(ends).toHaveLength(36);
    expect(ends.every(Boolean)).toBe(true);
    for (const other of worlds) other.close();
  });

  test('go on where they were when everything old was swept before a restart', async () => {
    for (const n of [1, 2, 3]) await instanceEvent(n);
    world.clock.advance(2 * 24 * 60 * 60 * 1000);
    expect(await journal.sweep()).toBe(2);
    restart(false);
    await instanceEvent(4);
    expect(ids()).toEqual([3, 4]);
    expect(journal.bounds()).toEqual({ oldest: 3, latest: 4 });
  });
});

test('[SSE-2] a replay holds what was asked for and nothing else', async () => {
  const turnId = await world.talk('hi');
  await world.say({ conversation: { ...CHAT, id: 'webhook:other' } });
  await journal.relay('main', world.spine);
  await instanceEvent(1);
  expect(ids({ agentId: 'main' })).toEqual([1, 2, 3, 4, 5]);
  expect(ids({ conversationId: 'webhook:other' })).toEqual([5]);
  expect(ids({ turnId, types: ['turn_started', 'turn_completed'] })).toEqual([2, 4]);
  expect(ids({ types: ['adapter_state'] })).toEqual([6]);
  expect(ids({ agentId: 'nobody' })).toEqual([]);
  expect(ids({}, 4)).toEqual([5, 6]);
});

test('an empty journal has no bounds', () => {
  expect(journal.bounds()).toEqual({ oldest: null, latest: null });
});
