/** New lines of a file as they are written, over rotations too. */

import { type FileHandle, open, stat } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import type { Clock } from '../core/clock.ts';
import { pause } from './pause.ts';

const POLL_MS = 250;
const CHUNK_BYTES = 65_536;

export interface FollowOptions {
  readonly path: string;
  /** Bytes to pass over in the file that lies there now. */
  readonly from: number;
  readonly clock: Clock;
}

/** Yields whole lines until the signal aborts; then throws its reason. The file may be absent at first. */
export async function* followFile({ path, from, clock }: FollowOptions, signal: AbortSignal): AsyncGenerator<string> {
  for (let position = from; ; position = 0) {
    const file = await openWhenThere(path, clock, signal);
    try {
      yield* readUntilRotated(file, path, position, clock, signal);
    } finally {
      await file.close();
    }
  }
}

async function openWhenThere(path: string, clock: Clock, signal: AbortSignal): Promise<FileHandle> {
  for (;;) {
    signal.throwIfAborted();
    const file = await open(path).catch(() => undefined);
    if (file !== undefined) return file;
    await pause(clock, POLL_MS, signal);
  }
}

async function* readUntilRotated(file: FileHandle, path: string, from: number, clock: Clock, signal: AbortSignal): AsyncGenerator<string> {
  const { ino } = await file.stat();
  const decoder = new StringDecoder('utf8');
  const buffer = Buffer.alloc(CHUNK_BYTES);
  let position = from;
  let rest = '';
  for (;;) {
    // Looked at before reading: what an old file got until it was moved away is read first.
    const hasMoved = (await stat(path).catch(() => undefined))?.ino !== ino;
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
      if (bytesRead === 0) break;
      position += bytesRead;
      const lines = (rest + decoder.write(buffer.subarray(0, bytesRead))).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
    if (hasMoved) return;
    if ((await file.stat()).size < position) position = 0;
    await pause(clock, POLL_MS, signal);
  }
}
