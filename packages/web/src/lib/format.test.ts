import { describe, expect, test } from 'vitest';
import { formatBytes, formatCost, formatDay, formatDuration, formatRelative, formatTokens, initialOf, shorten, tailOf } from './format.ts';

describe('times', () => {
  const now = new Date(2026, 2, 10, 12, 0, 0).getTime();
  const at = (ago: number) => new Date(now - ago).toISOString();

  test('a duration is told in its two largest units', () => {
    expect([850, 4_200, 72_000, 120_000, 11_100_000, 187_200_000].map(formatDuration)).toEqual([
      '850 ms',
      '4 s',
      '1 min 12 s',
      '2 min',
      '3 h 5 min',
      '2 d 4 h',
    ]);
  });

  test('a moment ahead of the browser clock reads as now, not as a negative time', () => {
    expect(formatRelative(at(-5_000), now)).toBe('now');
  });

  test('an age is told in one unit until it is a week old', () => {
    expect([30_000, 5 * 60_000, 3 * 3_600_000, 50 * 3_600_000].map((ago) => formatRelative(at(ago), now))).toEqual([
      '30 s ago',
      '5 min ago',
      '3 h ago',
      '2 d ago',
    ]);
  });

  test('days near today have names', () => {
    expect(formatDay(at(3_600_000), now)).toBe('Today');
    expect(formatDay(at(20 * 3_600_000), now)).toBe('Yesterday');
    expect(formatDay(at(72 * 3_600_000), now)).toMatch(/2026/);
  });
});

describe('amounts', () => {
  test('tokens and bytes are short but not misleading', () => {
    expect([812, 4_120, 41_200, 1_300_000].map(formatTokens)).toEqual(['812', '4.1k', '41k', '1.3M']);
    expect([900, 2_500, 3_400_000].map(formatBytes)).toEqual(['900 B', '2.5 kB', '3.4 MB']);
  });

  test('a cost that is not fully known says so', () => {
    expect(formatCost(0.0021, 'priced')).toBe('$0.0021');
    expect(formatCost(1.5, 'partial')).toBe('at least $1.50');
    expect(formatCost(0, 'unknown')).toBe('price unknown');
  });
});

describe('cutting text', () => {
  test('[G-5] a cut never splits a grapheme', () => {
    expect(shorten('ab👩‍👩‍👧cd', 3)).toBe('ab👩‍👩‍👧…');
    expect(tailOf(`${'x'.repeat(9)}😀${'y'.repeat(3)}`, 4)).toBe('…yyy');
  });

  test('a live preview starts at a word', () => {
    expect(tailOf('the quick brown fox jumps', 12)).toBe('…fox jumps');
  });

  test('an initial is one whole character', () => {
    expect(initialOf('  élodie')).toBe('É');
    expect(initialOf('')).toBe('?');
  });
});
