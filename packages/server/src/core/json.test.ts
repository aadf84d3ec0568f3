import { expect, test } from 'vitest';
import { canonicalJson } from './json.ts';

test('[TL-9] one value has one text, whatever the order of its keys', () => {
  const left = { b: [{ y: 1, x: 2 }], a: { d: null, c: 'é' } };
  const right = { a: { c: 'é', d: null }, b: [{ x: 2, y: 1 }] };
  expect(canonicalJson(left)).toBe(canonicalJson(right));
  expect(canonicalJson(left)).toBe('{"a":{"c":"é","d":null},"b":[{"x":2,"y":1}]}');
});

test('the order of a list is part of the value', () => {
  expect(canonicalJson([1, 2])).not.toBe(canonicalJson([2, 1]));
});
