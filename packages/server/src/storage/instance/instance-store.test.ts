import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ManualClock } from '../../testing/manual-clock.ts';
import { InstanceStore } from './instance-store.ts';

const MINUTE_MS = 60 * 1000;
const DAY_MS = 24 * 60 * MINUTE_MS;

let directory: string;
let clock: ManualClock;
let store: InstanceStore;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'spacebot-instance-'));
  clock = new ManualClock();
  store = new InstanceStore(directory, clock, () => {});
});
afterEach(() => {
  store.close();
  rmSync(directory, { recursive: true, force: true });
});

function reopen(): void {
  store.close();
  store = new InstanceStore(directory, clock, () => {});
}

describe('[ST-13] boots', () => {
  test('a first start, a clean one and a crash are told apart', () => {
    expect(store.recordBoot('run-1')).toEqual({ isFirst: true, crashed: false, recentCrashes: 0 });
    store.recordCleanEnd('run-1');
    clock.advance(1);
    expect(store.recordBoot('run-2')).toEqual({ isFirst: false, crashed: false, recentCrashes: 0 });
    clock.advance(1);
    expect(store.recordBoot('run-3')).toEqual({ isFirst: false, crashed: true, recentCrashes: 1 });
  });

  test('crashes count for ten minutes', () => {
    for (const run of ['a', 'b', 'c', 'd']) {
      store.recordBoot(run);
      clock.advance(MINUTE_MS);
    }
    expect(store.recordBoot('e').recentCrashes).toBe(4);
    clock.advance(7 * MINUTE_MS);
    expect(store.recordBoot('f').recentCrashes).toBe(3);
    expect(store.recordBoot('g').recentCrashes).toBe(4);
  });
});

test('the owners of a place are known after a restart, and a forgotten agent owns nothing', async () => {
  await store.registerOwner('webhook', 'webhook:c', 'main');
  await store.registerOwner('webhook', 'webhook:c', 'main');
  await store.registerOwner('webhook', 'webhook:c', 'sales');
  reopen();
  expect([...store.owners('webhook', 'webhook:c')].sort()).toEqual(['main', 'sales']);
  expect(store.owners('webhook', 'webhook:other')).toEqual([]);
  await store.forgetAgent('main');
  expect(store.owners('webhook', 'webhook:c')).toEqual(['sales']);
});

test('an agent keeps the time at which it was first opened', () => {
  const first = store.registerAgent('main', 'uid-1');
  clock.advance(DAY_MS);
  expect(store.registerAgent('main', 'uid-1')).toEqual(first);
});

test('[SSE-5] a session lasts until it ends or is taken away', async () => {
  const session = (id: string) => ({ id, tokenHash: 'hash', createdAt: clock.now(), expiresAt: clock.now() + DAY_MS });
  for (const id of ['a', 'b']) await store.createSession(session(id));
  expect(store.findSession('a')).toEqual(session('a'));
  await store.deleteSessions('a');
  expect([store.findSession('a'), store.findSession('b')?.id]).toEqual([undefined, 'b']);
  clock.advance(DAY_MS + 1);
  await store.createSession(session('c'));
  expect(store.findSession('b')).toBeUndefined();
  await store.deleteSessions();
  expect(store.findSession('c')).toBeUndefined();
});

test('[API-6] the first answer under a key is the one that counts, for a day', async () => {
  const answer = { fingerprint: 'f', status: 202, headers: '{}', body: '{"n":1}' };
  await store.saveAnswer('scope', answer, clock.now());
  await store.saveAnswer('scope', { ...answer, body: '{"n":2}' }, clock.now());
  expect(store.findAnswer('scope')).toEqual(answer);
  clock.advance(DAY_MS);
  expect(store.findAnswer('scope')).toBeUndefined();
});

test('[G-6] what no agent took is kept as metadata for seven days', async () => {
  const reject = (id: string) =>
    store.recordRejection({ id, adapterKey: 'webhook', conversationId: 'c', senderId: 'u', reason: 'not_admitted', at: clock.now() });
  await reject('1');
  clock.advance(7 * DAY_MS + 1);
  await reject('2');
  expect(store.database.all<{ id: string }>('SELECT id FROM rejections')).toEqual([{ id: '2' }]);
});

test('a setting comes back as it was given', async () => {
  expect(store.setting('theme')).toBeUndefined();
  await store.setSetting('theme', { dark: true });
  await store.setSetting('theme', { dark: false });
  reopen();
  expect(store.setting('theme')).toEqual({ dark: false });
});
