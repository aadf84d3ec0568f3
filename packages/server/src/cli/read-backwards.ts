/** Lines of a file from its end, without reading more of it than is asked for. */

import { type FileHandle, open } from 'node:fs/promises';

const CHUNK_BYTES = 65_536;
const NEWLINE = 0x0a;

/** Yields whole lines, newest first, of the first `size` bytes; a last line without its end is left out. */
export async function* readBackwards(path: string, size: number): AsyncGenerator<string> {
  const file = await open(path);
  try {
    let rest: Buffer = Buffer.alloc(0);
    let hasDroppedTail = false;
    for (let end = size; end > 0; end -= CHUNK_BYTES) {
      const pieces = split(Buffer.concat([await readRange(file, Math.max(0, end - CHUNK_BYTES), end), rest]));
      rest = pieces.shift() ?? rest;
      if (!hasDroppedTail) hasDroppedTail = pieces.pop() !== undefined;
      for (const piece of pieces.reverse()) if (piece.length > 0) yield piece.toString('utf8');
    }
    if (hasDroppedTail && rest.length > 0) yield rest.toString('utf8');
  } finally {
    await file.close();
  }
}

/** Bytes up to and with the last line end; 0 when there is no such file or line. */
export async function measureWholeLines(path: string): Promise<number> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return 0;
  try {
    for (let end = (await file.stat()).size; end > 0; end -= CHUNK_BYTES) {
      const start = Math.max(0, end - CHUNK_BYTES);
      const last = (await readRange(file, start, end)).lastIndexOf(NEWLINE);
      if (last !== -1) return start + last + 1;
    }
    return 0;
  } finally {
    await file.close();
  }
}

async function readRange(file: FileHandle, start: number, end: number): Promise<Buffer> {
  const buffer = Buffer.alloc(end - start);
  const { bytesRead } = await file.read(buffer, 0, buffer.length, start);
  return buffer.subarray(0, bytesRead);
}

function split(text: Buffer): Buffer[] {
  const pieces: Buffer[] = [];
  let start = 0;
  for (let at = text.indexOf(NEWLINE); at !== -1; at = text.indexOf(NEWLINE, start)) {
    pieces.push(text.subarray(start, at));
    start = at + 1;
  }
  pieces.push(text.subarray(start));
  return pieces;
}
