import { expect, test } from 'vitest';
import { channelPlace, channelTitle, portalSessionOf } from './platform.ts';

const place = { server_name: null, channel_name: null, is_direct: false };

test('a conversation is called by its own name, then its place, then the end of its id', () => {
  expect(channelTitle({ id: 'discord:1:2', platform: 'discord', display_name: 'Ops', place })).toBe('Ops');
  expect(channelTitle({ id: 'discord:1:2', platform: 'discord', display_name: null, place: { ...place, channel_name: 'general' } })).toBe(
    'general',
  );
  expect(channelTitle({ id: 'matrix:!abc%3Aexample.org', platform: 'matrix', display_name: null, place })).toBe('!abc:example.org');
  expect(channelTitle({ id: 'webhook:50%', platform: 'webhook', display_name: null, place })).toBe('50%');
});

test('the place names the platform and what is known of it', () => {
  expect(channelPlace({ id: 'x', platform: 'discord', display_name: null, place: { ...place, server_name: 'Lab' } })).toBe('Discord · Lab');
  expect(channelPlace({ id: 'x', platform: 'telegram', display_name: null, place: { ...place, is_direct: true } })).toBe(
    'Telegram · direct',
  );
});

test('only portal conversations have a session', () => {
  expect(portalSessionOf('portal:chat:main:cli')).toBe('cli');
  expect(portalSessionOf('webhook:chat:main:cli')).toBeNull();
});
