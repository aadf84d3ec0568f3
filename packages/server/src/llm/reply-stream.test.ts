import { expect, test } from 'vitest';
import { ReplyStream } from './reply-stream.ts';

function read(...fragments: string[]): string[] {
  const stream = new ReplyStream('content');
  return fragments.map((fragment) => stream.push(fragment));
}

const HARD = 'Hi "you"\\ \n\t\u0001 grün 😀👩‍👩‍👧 end\u2028';

test.each([
  ['first', JSON.stringify({ content: HARD, other: 1 })],
  [
    'last',
    JSON.stringify({
      other: { content: 'no', list: ['}', '"', { content: 'no' }] },
      flag: true,
      n: -1.5e3,
      none: null,
      s: 'a"b',
      content: HARD,
    }),
  ],
  ['with escapes everywhere', `{ "a" : "\\u007b" , "\\u0063ontent" : ${JSON.stringify(HARD).replace(/[^\x20-\x7e]/g, escapeUnits)} }`],
  ['between blanks', ` \n{ "content" :\n ${JSON.stringify(HARD)}\n,"z":[]}`],
])('[LLM-21] the field comes out whole when it stands %s, for any split', (_name, json) => {
  expect(read(json).join('')).toBe(HARD);
  expect(read(...json.split('')).join('')).toBe(HARD);
  for (let at = 0; at <= json.length; at += 1) {
    const [first = '', second = ''] = read(json.slice(0, at), json.slice(at));
    expect(HARD.startsWith(first)).toBe(true);
    expect(first + second).toBe(HARD);
  }
});

test('[LLM-21] no piece ever ends in half a character', () => {
  const json = JSON.stringify({ content: 'a😀b' }).replace(/[^\x20-\x7e]/g, escapeUnits);
  for (const piece of read(...json.split(''))) expect(piece).not.toMatch(/[\ud800-\udbff]$/);
});

test('[LLM-21] a field that is no string, or is missing, gives no text', () => {
  expect(read('{"content":null,"x":"y"}')).toEqual(['']);
  expect(read('{"content":{"content":"no"}}')).toEqual(['']);
  expect(read('{"x":"content"}')).toEqual(['']);
  expect(read('')).toEqual(['']);
});

test('damaged arguments never throw', () => {
  const source = JSON.stringify({ a: [1, { b: 'c' }], content: 'x\u0000😀' });
  for (let at = 0; at < source.length; at += 1)
    for (const noise of ['"', '\\', '{', '}', '\u0000']) read(source.slice(0, at) + noise + source.slice(at));
});

function escapeUnits(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
