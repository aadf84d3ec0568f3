import { expect, test } from 'vitest';
import { scrubProviderText } from './scrub.ts';

test.each([
  ['Incorrect API key provided: sk-proj-abc123def456ghi. You can find', 'sk-proj'],
  ['Incorrect API key provided: sk-12345***********************6789.', '6789'],
  ['invalid x-api-key: my-own-key-1', 'my-own-key-1'],
  ['{"authorization":"Bearer abcdefghij"}', 'abcdefghij'],
  ['cannot reach https://user:pass@proxy.example/v1', 'pass'],
  ['GET https://api.example/v1/models?key=AIzaSyA1234567890 failed', 'AIzaSy'],
  ['token eyJhbGciOi.eyJzdWIiOiIx.abc expired', 'eyJ'],
  ['request 0123456789abcdef0123456789abcdef was refused', '0123456789abcdef'],
])('[LLM-30] no credential survives in "%s"', (text, secret) => {
  expect(scrubProviderText(text)).not.toContain(secret);
  expect(scrubProviderText(text)).toContain('[hidden]');
});

test('[LLM-30] the key in use is removed whatever it looks like', () => {
  expect(scrubProviderText('the value "tiger" is no key', ['tiger'])).toBe('the value "[hidden]" is no key');
});

test('plain sentences of a provider stay readable', () => {
  const text = 'This model supports at most 8192 completion tokens, whereas you provided 100000.';
  expect(scrubProviderText(text)).toBe(text);
});

test('a long or binary text is cut and cleaned', () => {
  const clean = scrubProviderText(`a\u0000b\n${'😀 '.repeat(2000)}`);
  expect(clean.length).toBeLessThanOrEqual(501);
  expect(clean.startsWith('a b')).toBe(true);
});
