import { expect, test } from 'vitest';
import { ManualClock } from '../testing/manual-clock.ts';
import type { Clock } from './clock.ts';
import { createIdGenerator, deriveKey } from './ids.ts';

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const isGrowing = (ids: readonly string[]) => ids.every((id, index) => index === 0 || id > (ids[index - 1] ?? ''));

test('an id is a UUIDv7 that begins with its time', () => {
  const newId = createIdGenerator(new ManualClock(0x0190_0000_0001));
  const id = newId();
  expect(id).toMatch(UUID_V7);
  expect(id.slice(0, 13)).toBe('01900000-0001');
});

test('ids grow strictly while the clock stands still, past the end of the counter', () => {
  const newId = createIdGenerator(new ManualClock());
  const ids = Array.from({ length: 20_000 }, () => newId());
  expect(isGrowing(ids)).toBe(true);
  expect(ids.every((id) => UUID_V7.test(id))).toBe(true);
});

test('ids grow when the clock steps back, and take the time up again when it has caught up', () => {
  let now = 1_000_000;
  const clock: Clock = { now: () => now, schedule: () => () => {} };
  const newId = createIdGenerator(clock);
  const ids: string[] = [];
  for (const at of [1_000_000, 999_000, 1, 1_000_000, 1_000_001, 500, 2_000_000]) {
    now = at;
    ids.push(newId(), newId());
  }
  expect(isGrowing(ids)).toBe(true);
  expect(Number.parseInt(ids.at(-1)?.slice(0, 13).replace('-', '') ?? '', 16)).toBe(2_000_000);
});

test('two generators at the same time give different ids', () => {
  const clock = new ManualClock();
  const [first, second] = [createIdGenerator(clock), createIdGenerator(clock)];
  const ids = new Set(Array.from({ length: 1_000 }, () => [first(), second()]).flat());
  expect(ids.size).toBe(2_000);
});

test('[TL-9] a key is the same over restarts and versions, fits every platform, and tells its parts apart', () => {
  expect(deriveKey('turn', 0, 1, 'reply', '{}')).toBe('ffvi5qikpf3bkaexxdkrmclss');
  expect(deriveKey('turn', 0, 1, 'reply', '{}')).toMatch(/^[a-z2-7]{25}$/);
  const keys = [deriveKey('a', 'b'), deriveKey('ab'), deriveKey('a', 'b', ''), deriveKey('a', 1), deriveKey('a', '1')];
  expect(new Set(keys).size).toBe(keys.length);
});
