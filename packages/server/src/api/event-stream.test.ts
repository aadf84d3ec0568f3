/** One reader of events against a connection that takes bytes only when told to. */

import { expect, test } from 'vitest';
import { MemoryEvents } from './api-test-world.ts';
import { formatFrame } from './event-frame.ts';
import { EventStream } from './event-stream.ts';
import type { StreamSink } from './stream-sink.ts';

class SlowSink implements StreamSink {
  written = '';
  waiting = 0;
  mostWaiting = 0;
  #taken: (() => void)[] = [];

  start(): void {}
  write(text: string): void {
    this.written += text;
    this.waiting += text.length;
    this.mostWaiting = Math.max(this.mostWaiting, this.waiting);
  }
  pending(): number {
    return this.waiting;
  }
  drained(): Promise<void> {
    return this.waiting === 0 ? Promise.resolve() : new Promise((resolve) => this.#taken.push(resolve));
  }
  end(): void {}
  onClose(): void {}

  take(): void {
    this.waiting = 0;
    for (const resolve of this.#taken.splice(0)) resolve();
  }
}

test('what waits for a slow client never grows past its bound and one event [SSE-4]', async () => {
  const events = new MemoryEvents();
  const sink = new SlowSink();
  const errors: unknown[] = [];
  const stream = new EventStream({
    events,
    sink,
    filter: {},
    now: () => '',
    maxPendingBytes: 1_000,
    onEnd: () => {},
    onDropped: () => {},
    onError: (error) => errors.push(error),
  });
  events.subscribe((event) => stream.offer(event, () => formatFrame(event)));
  for (let count = 0; count < 1_000; count += 1) events.emit('identity_changed', { file: 'SOUL.md' });
  const frame = 300;
  expect(sink.mostWaiting).toBeLessThan(1_000 + frame);
  while (!sink.written.includes('id: 1000\n')) {
    sink.take();
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(sink.mostWaiting).toBeLessThan(1_000 + frame);
  const ids = [...sink.written.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));
  expect(ids).toEqual(Array.from({ length: 1_000 }, (_, index) => index + 1));
  expect(errors).toEqual([]);
});
