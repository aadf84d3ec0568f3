import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');

type Tokens = Readonly<Record<string, string>>;

function tokensOf(selector: string): Tokens {
  const block = css.slice(css.indexOf(`${selector} {`)).split('}')[0] ?? '';
  return Object.fromEntries([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name = '', value = '']) => [name, value]));
}

/** WCAG 2.2, relative luminance. */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((start) => {
    const channel = Number.parseInt(hex.slice(start, start + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(tokens: Tokens, text: string, ground: string): number {
  const [bright = 0, dark = 0] = [luminance(tokens[text] ?? ''), luminance(tokens[ground] ?? '')].sort((a, b) => b - a);
  return (bright + 0.05) / (dark + 0.05);
}

const STATES = ['running', 'waiting', 'failed', 'done'];
const PAIRS: readonly (readonly [string, string])[] = [
  ...['ink', 'ink-2', 'ink-3', 'accent'].flatMap((text) =>
    ['ground', 'panel', 'raised', 'pressed'].map((ground) => [text, ground] as const),
  ),
  ...STATES.flatMap((state) => ['ground', 'panel', `${state}-soft`].map((ground) => [state, ground] as const)),
  ...STATES.flatMap((state) => [['ink', `${state}-soft`] as const, ['ink-2', `${state}-soft`] as const]),
  ...['accent-fill', 'accent-fill-hover', 'danger-fill', 'danger-fill-hover'].map((fill) => ['on-accent', fill] as const),
  ['accent', 'accent-soft'],
];

describe.each([
  ['light', ':root'],
  ['dark', '[data-theme="dark"]'],
])('[UI-9] in the %s ground', (_name, selector) => {
  const tokens = tokensOf(selector);
  test.each(PAIRS)('%s on %s meets AA', (text, ground) => {
    expect(contrast(tokens, text, ground)).toBeGreaterThanOrEqual(4.5);
  });
});
