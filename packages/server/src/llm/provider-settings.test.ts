import { expect, test } from 'vitest';
import { joinUrl } from './provider-settings.ts';

test.each([
  ['https://a.test', '/v1/messages', 'https://a.test/v1/messages'],
  ['https://a.test/', '/v1/chat/completions', 'https://a.test/v1/chat/completions'],
  ['https://a.test/v1', '/v1/chat/completions', 'https://a.test/v1/chat/completions'],
  ['https://a.test/api/v1/', '/v1/messages', 'https://a.test/api/v1/messages'],
  ['https://a.test/api/v1', '/chat/completions', 'https://a.test/api/v1/chat/completions'],
])('the root %s with %s is %s', (root, path, expected) => {
  expect(joinUrl(root, path)).toBe(expected);
});
