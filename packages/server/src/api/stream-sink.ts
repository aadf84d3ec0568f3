/** The raw end of an event stream: writing, how much is waiting, and the end. */

import type { ServerResponse } from 'node:http';

export interface StreamSink {
  /** Sends the head of the answer and `retry: 2000`. Nothing is sent before: an error may still be answered in its own form. */
  start(headers: Readonly<Record<string, string>>): void;
  /** Does nothing before the start. */
  write(text: string): void;
  /** Bytes that the client has not taken yet. */
  pending(): number;
  /** Resolves once the client has taken what was waiting, or is gone. */
  drained(): Promise<void>;
  /** Before the start it is remembered for it. */
  end(): void;
  /** Called once when the connection is gone, for whatever reason. */
  onClose(callback: () => void): void;
}

export function openResponseSink(outgoing: ServerResponse): StreamSink {
  let state: 'waiting' | 'open' | 'ended' = 'waiting';
  return {
    start(headers) {
      outgoing.writeHead(200, { ...headers, 'Content-Type': 'text/event-stream; charset=utf-8', 'X-Accel-Buffering': 'no' });
      outgoing.write('retry: 2000\n\n');
      if (state === 'ended') outgoing.end();
      else state = 'open';
    },
    write(text) {
      if (state === 'open') outgoing.write(text);
    },
    pending: () => outgoing.writableLength,
    drained: () => whenDrained(outgoing),
    end() {
      if (state === 'open') outgoing.end();
      state = 'ended';
    },
    onClose: (callback) => void outgoing.once('close', callback),
  };
}

function whenDrained(outgoing: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    if (outgoing.destroyed || !outgoing.writableNeedDrain) return resolve();
    const done = () => {
      outgoing.off('drain', done);
      outgoing.off('close', done);
      resolve();
    };
    outgoing.on('drain', done);
    outgoing.on('close', done);
  });
}
