import { expect, test } from 'vitest';
import { type SseEvent, SseParser } from './sse-parser.ts';

function parse(...chunks: Uint8Array[]): SseEvent[] {
  const parser = new SseParser();
  const out: SseEvent[] = [];
  for (const chunk of chunks) parser.push(chunk, out);
  parser.end(out);
  return out;
}

const bytes = (text: string) => new TextEncoder().encode(text);
const data = (text: string) => [{ event: '', data: text }];

test.each([
  ['line feeds', 'data: a\n\ndata: b\n\n'],
  ['carriage returns', 'data: a\r\rdata: b\r\r'],
  ['both', 'data: a\r\n\r\ndata: b\r\n\r\n'],
  ['comments and unknown fields between', ': ping\n\nretry: 5\nfoo\ndata: a\n\n: x\ndata: b\n\n'],
  ['no space after the colon', 'data:a\n\ndata:b\n\n'],
  ['a last event without its blank line', 'data: a\n\ndata: b\n'],
  ['a last line without its end', 'data: a\n\ndata: b'],
  ['a byte order mark', '\ufeffdata: a\n\ndata: b\n\n'],
])('[LLM-13] events parse with %s', (_name, text) => {
  expect(parse(bytes(text))).toEqual([...data('a'), ...data('b')]);
});

test('[LLM-13] several data lines are one event, and the event keeps its name', () => {
  expect(parse(bytes('event: x\ndata: 1\ndata:\ndata: 2\n\ndata: 3\n\n'))).toEqual([{ event: 'x', data: '1\n\n2' }, ...data('3')]);
});

test('[LLM-13] an event without data is no event', () => {
  expect(parse(bytes('event: x\n\n\n\n'))).toEqual([]);
});

test('[LLM-13] any split into three chunks gives the same events, inside a character and a line end too', () => {
  const whole = bytes('event: a\r\ndata: {"t":"grün 😀"}\r\n\r\n: hi\rdata: x\rdata: y\r\r\ndata: last\n\n');
  const expected = parse(whole);
  expect(expected).toHaveLength(3);
  for (let first = 0; first <= whole.length; first += 1) {
    for (let second = first; second <= whole.length; second += 1) {
      expect(parse(whole.subarray(0, first), whole.subarray(first, second), whole.subarray(second))).toEqual(expected);
    }
  }
});
