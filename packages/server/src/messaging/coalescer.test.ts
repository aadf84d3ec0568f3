import { expect, test } from 'vitest';
import { type AdapterKey, type ConversationId, trusted } from '../core/ids.ts';
import type { Addressed } from '../core/messages.ts';
import { gatherRule } from './coalescer.ts';

const SETTINGS = { enabled: true, debounce_ms: 1500, max_wait_ms: 5000, min_messages: 2, multi_user_only: true };

function rule(
  given: { adapter?: string; isDirect?: boolean; addressed?: Addressed; settings?: Partial<typeof SETTINGS>; now?: number } = {},
) {
  const message = {
    address: { adapterKey: trusted<AdapterKey>(given.adapter ?? 'discord'), conversationId: trusted<ConversationId>('c') },
    place: { isDirect: given.isDirect ?? false },
    addressed: given.addressed ?? ('no' as const),
  };
  return gatherRule({ ...SETTINGS, ...given.settings }, message, given.now ?? 10_000);
}

test('[CO-1] a message in a shared place waits for the quiet time', () => {
  expect(rule()?.(null)).toBe(11_500);
  expect(rule({ now: 12_000 })?.({ firstAt: 10_000 })).toBe(13_500);
});

test('[CO-2] a steady trickle cannot pass the ceiling from the first message', () => {
  expect(rule({ now: 14_900 })?.({ firstAt: 10_000 })).toBe(15_000);
  expect(rule({ settings: { debounce_ms: 60_000 } })?.(null)).toBe(15_000);
});

test('[CO-3] direct messages, webhook, portal and commands never wait', () => {
  expect(rule({ isDirect: true })).toBeNull();
  expect(rule({ adapter: 'webhook' })).toBeNull();
  expect(rule({ adapter: 'webhook:shop' })).toBeNull();
  expect(rule({ adapter: 'portal' })).toBeNull();
  expect(rule({ addressed: 'command' })).toBeNull();
});

test('[CO-1] the setting turns it off, and another lets direct messages wait too', () => {
  expect(rule({ settings: { enabled: false } })).toBeNull();
  expect(rule({ isDirect: true, settings: { multi_user_only: false } })?.(null)).toBe(11_500);
});
