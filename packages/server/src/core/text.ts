/** Cutting text without breaking it: at grapheme boundaries, measured in the unit of whoever receives it. */

const encoder = new TextEncoder();

/** Bytes of the UTF-8 form. */
export function byteLength(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}

let segmenter: Intl.Segmenter | undefined;

/** The longest prefix of whole graphemes that takes at most `limit` bytes of UTF-8. */
export function takeBytes(text: string, limit: number): string {
  if (byteLength(text) <= limit) return text;
  return text.slice(0, lastBoundary(text, longestPrefix(text, limit)));
}

/** The longest suffix of whole graphemes that takes at most `limit` bytes of UTF-8. */
export function takeLastBytes(text: string, limit: number): string {
  if (byteLength(text) <= limit) return text;
  const reversedFrom = text.length - longestSuffix(text, limit);
  return text.slice(nextBoundary(text, reversedFrom));
}

/** Keeps head and tail and says how many bytes were left out between them. */
export function capBytes(text: string, limit: number): string {
  const total = byteLength(text);
  if (total <= limit) return text;
  const head = takeBytes(text, Math.floor(limit / 2));
  const tail = takeLastBytes(text, Math.floor(limit / 2));
  return `${head}\n[… ${total - byteLength(head) - byteLength(tail)} bytes left out …]\n${tail}`;
}

/** One line, at most `characters` UTF-16 units, with an ellipsis where something was cut. */
export function preview(text: string, characters: number): string {
  const line = text.replaceAll(/\s+/gu, ' ').trim();
  return line.length <= characters ? line : `${line.slice(0, lastBoundary(line, characters - 1))}…`;
}

function longestPrefix(text: string, limit: number): number {
  const { read } = encoder.encodeInto(text.slice(0, limit), new Uint8Array(limit));
  return read;
}

function longestSuffix(text: string, limit: number): number {
  const bytes = Buffer.from(text.slice(Math.max(0, text.length - limit)));
  let from = Math.max(0, bytes.length - limit);
  while (isContinuation(bytes[from])) from += 1;
  return bytes.subarray(from).toString().length;
}

/** True inside a character of UTF-8, false at its first byte. */
function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

/** Largest grapheme boundary at or before `index`; looks back a bounded way, which no real grapheme exceeds. */
function lastBoundary(text: string, index: number): number {
  const from = Math.max(0, index - 64);
  let boundary = from;
  for (const { index: at, segment } of graphemes(text.slice(from, index + 64))) {
    if (from + at + segment.length > index) break;
    boundary = from + at + segment.length;
  }
  return boundary;
}

function nextBoundary(text: string, index: number): number {
  const from = Math.max(0, index - 64);
  for (const { index: at } of graphemes(text.slice(from, index + 64))) if (from + at >= index) return from + at;
  return Math.min(text.length, index + 64);
}

function graphemes(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  return segmenter.segment(text);
}
