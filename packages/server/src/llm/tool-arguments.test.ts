import { expect, test } from 'vitest';
import { parseToolArguments } from './tool-arguments.ts';

test.each([
  ['', {}],
  ['  ', {}],
  ['null', {}],
  ['""', {}],
  ['{"a":1}', { a: 1 }],
  ['"{\\"a\\":1}"', { a: 1 }],
  ['{"a":"one\ntwo\tthree \\" \\\\"}', { a: 'one\ntwo\tthree " \\' }],
])('[LLM-15] arguments %j become an object', (raw, expected) => {
  expect(parseToolArguments(raw, false)).toEqual({ arguments: expected });
});

test.each(['{"a":', '[1]', '3', '{"a":1}}', 'not json'])('[LLM-15] damage in %j is told to the model', (raw) => {
  expect(parseToolArguments(raw, false).argumentsError).toContain('valid JSON');
});

test('[LLM-15] arguments cut by the output limit say so', () => {
  expect(parseToolArguments('{"content":"half', true).argumentsError).toContain('output limit');
});
