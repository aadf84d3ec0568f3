import { expect, test } from 'vitest';
import { formatDuration, formatPreview, formatRelativeTime, formatTable } from './format.ts';

const SECOND = 1000;
const HOUR = 3600 * SECOND;
const NOW = Date.parse('2026-03-10T12:00:00.000Z');

test.each([
  [0, '0s'],
  [999, '0s'],
  [61 * SECOND, '1m 1s'],
  [2 * HOUR, '2h'],
  [26 * HOUR + 5 * SECOND, '1d 2h'],
])('%i ms is shown as %s', (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text);
});

test.each([
  ['2026-03-10T11:59:55.000Z', 'just now'],
  ['2026-03-10T11:58:30.000Z', '1m ago'],
  ['2026-03-07T12:00:00.000Z', '3d ago'],
  ['2026-01-01T00:00:00.000Z', '2026-01-01'],
  [null, 'never'],
])('%s is shown as %s', (at, text) => {
  expect(formatRelativeTime(at, NOW)).toBe(text);
});

test('columns stay aligned with wide characters and colours', () => {
  const red = `${String.fromCharCode(27)}[31mbad${String.fromCharCode(27)}[39m`;
  const lines = formatTable(
    ['A', 'B'],
    [
      ['日本', 'x'],
      [red, 'y'],
      ['long one', 'z'],
    ],
  ).split('\n');
  expect(lines).toEqual(['A         B', '日本      x', `${red}       y`, 'long one  z']);
});

test('a preview is one line and is never cut inside a character', () => {
  expect(formatPreview('one\n two', 20)).toBe('one two');
  expect(formatPreview('👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦', 2)).toBe('👩‍👩‍👧‍👦…');
});
