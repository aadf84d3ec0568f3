import { afterEach, expect, test, vi } from 'vitest';
import { loadPatiently } from './load-later.ts';

afterEach(() => vi.useRealTimers());

test('a part of the page that could not be loaded is asked for until the connection is back', async () => {
  vi.useFakeTimers();
  const load = vi
    .fn<() => Promise<string>>()
    .mockRejectedValueOnce(new Error('offline'))
    .mockRejectedValueOnce(new Error('offline'))
    .mockResolvedValue('part');
  const loaded = loadPatiently(load);
  await vi.runAllTimersAsync();
  await expect(loaded).resolves.toBe('part');
  expect(load).toHaveBeenCalledTimes(3);
});
