import { expect, test } from 'vitest';
import { ManualClock } from '../testing/manual-clock.ts';
import { sleep, systemClock } from './clock.ts';
import { CancelledError } from './errors.ts';
import { silentLogger } from './logger.ts';
import { supervise } from './supervise.ts';

test('[G-7] a wait ends with its time, or at once with the reason of its signal', async () => {
  const clock = new ManualClock();
  const done = sleep(clock, 1_000, new AbortController().signal);
  clock.advance(1_000);
  await done;
  const controller = new AbortController();
  const stopped = sleep(clock, 1_000, controller.signal);
  const reason = new CancelledError();
  controller.abort(reason);
  await expect(stopped).rejects.toBe(reason);
  await expect(sleep(clock, 1_000, controller.signal)).rejects.toBe(reason);
  expect(clock.nextIn).toBeNull();
});

test('a timer may be longer than the platform allows, and can be cancelled', async () => {
  const fired: string[] = [];
  const cancel = systemClock.schedule(Number.MAX_SAFE_INTEGER, () => fired.push('far'));
  const cancelSoon = systemClock.schedule(0, () => fired.push('cancelled'));
  cancelSoon();
  await new Promise<void>((resolve) => systemClock.schedule(0, resolve));
  cancel();
  expect(fired).toEqual([]);
});

test('a failed background task is logged under its name, a cancelled one is not', async () => {
  const lines: string[] = [];
  const log = { ...silentLogger, error: (message: string) => void lines.push(message) };
  supervise(log, 'relay', Promise.reject(new Error('no')));
  supervise(log, 'turn', Promise.reject(new CancelledError()));
  await new Promise(setImmediate);
  expect(lines).toEqual(['background task failed: relay']);
});
