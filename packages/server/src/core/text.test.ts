import { describe, expect, test } from 'vitest';
import { byteLength, capBytes, preview, takeBytes, takeLastBytes } from './text.ts';

const FAMILY = '👨‍👩‍👧‍👦';
const SAMPLES: readonly (readonly [string, string])[] = [
  ['plain letters', 'The quick brown fox.'],
  ['a family of four joined by ZWJ', `a${FAMILY}b${FAMILY}`],
  ['flags and skin tones', '🇩🇪🇫🇷👍🏽👍🏿'],
  ['Chinese and Japanese', '你好，世界。こんにちは世界'],
  ['letters with combining marks', 'e\u0301a\u0308o\u0302 नमस्ते'],
  ['line ends', 'a\r\nb\r\nc'],
  ['lone surrogates', 'a\ud83dz\udc4db'],
];

const graphemes = (text: string) =>
  [...new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text)].map((part) => part.segment);
const prefixes = (text: string) =>
  graphemes(text)
    .map((_, index, all) => all.slice(0, index).join(''))
    .concat(text);
const suffixes = (text: string) =>
  graphemes(text)
    .map((_, index, all) => all.slice(index).join(''))
    .concat('');

describe.each(SAMPLES)('[G-5] %s', (_name, text) => {
  const limits = Array.from({ length: byteLength(text) + 2 }, (_, limit) => limit);

  test('the head is the longest run of whole graphemes that fits, at every limit', () => {
    for (const limit of limits) {
      const best = prefixes(text)
        .filter((prefix) => byteLength(prefix) <= limit)
        .at(-1);
      expect([limit, takeBytes(text, limit)]).toEqual([limit, best]);
    }
  });

  test('the tail is the longest run of whole graphemes that fits, at every limit', () => {
    for (const limit of limits) {
      const best = suffixes(text).find((suffix) => byteLength(suffix) <= limit);
      expect([limit, takeLastBytes(text, limit)]).toEqual([limit, best]);
    }
  });

  test('a preview cuts no grapheme and is never longer than asked for', () => {
    const line = text.replaceAll(/\s+/gu, ' ').trim();
    for (let characters = 1; characters <= line.length + 1; characters += 1) {
      const shown = preview(text, characters);
      expect(shown.length).toBeLessThanOrEqual(characters);
      if (shown !== line) expect([...prefixes(line)]).toContain(shown.slice(0, -1));
    }
  });
});

test('[TL-6] a long text keeps head and tail and counts what was left out', () => {
  const text = `${'a'.repeat(40_000)}${'b'.repeat(40_000)}`;
  const capped = capBytes(text, 50_000);
  expect(capped).toBe(`${'a'.repeat(25_000)}\n[… 30000 bytes left out …]\n${'b'.repeat(25_000)}`);
  expect(capBytes(text, 80_000)).toBe(text);
});

test('[G-5] cutting a large text costs no more than looking at its edges', () => {
  const text = '世'.repeat(2_000_000);
  const started = performance.now();
  takeBytes(text, 50_000);
  takeLastBytes(text, 50_000);
  expect(performance.now() - started).toBeLessThan(500);
  expect(byteLength(takeLastBytes(text, 50_000))).toBe(49_998);
});
