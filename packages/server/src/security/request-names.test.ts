import { describe, expect, test } from 'vitest';
import { allowedNames, isAllowedHost, isListedOrigin, isOwnOrigin } from './request-names.ts';

const NAMES = allowedNames(['Bot.example', 'alt.example:8443'], ['https://App.example/']);

describe('[API-2] a host that may be called by', () => {
  test.each([
    'localhost',
    'LOCALHOST:18789',
    '127.0.0.1',
    '127.0.0.1:80',
    '10.0.0.7:1',
    '[::1]',
    '[::1]:18789',
    'bot.example',
    'BOT.example:99',
    'alt.example:8443',
  ])('is %s', (host) => expect(isAllowedHost(host, NAMES)).toBe(true));

  test.each([
    undefined,
    '',
    'evil.example',
    'bot.example.evil.com',
    'alt.example',
    'alt.example:1',
    'localhost.evil.com',
    '[::1',
    '[::1]x',
    'bot.example:99x',
    '127.0.0.1.evil.com',
    'bot.example:1:2',
    '*',
  ])('is not %s', (host) => expect(isAllowedHost(host, NAMES)).toBe(false));
});

describe('[API-2] a page that may call', () => {
  test('is our own, whatever ended its TLS', () => {
    expect(isOwnOrigin('http://bot.example:99', 'bot.example:99')).toBe(true);
    expect(isOwnOrigin('https://BOT.example', 'bot.example')).toBe(true);
    expect(isOwnOrigin('http://bot.example:98', 'bot.example:99')).toBe(false);
    expect(isOwnOrigin('null', 'bot.example')).toBe(false);
    expect(isOwnOrigin('http://bot.example', undefined)).toBe(false);
  });

  test('is one that was named, exactly', () => {
    expect(isListedOrigin('https://app.example', NAMES)).toBe(true);
    for (const origin of ['http://app.example', 'https://app.example:444', 'https://app.example.evil.com', 'null', '']) {
      expect(isListedOrigin(origin, NAMES)).toBe(false);
    }
  });
});
