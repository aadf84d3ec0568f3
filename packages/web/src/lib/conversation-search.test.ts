import { expect, test } from 'vitest';
import { readConversationPlace, readConversationSearch } from './conversation-search.ts';

test('filters in an address are read with care and empty ones are left out', () => {
  expect(readConversationSearch({ agent: 'main', platform: '', state: 'archived', q: 42, other: 'x' })).toEqual({
    agent: 'main',
    state: 'archived',
    q: '42',
  });
  expect(readConversationSearch({ state: 'nonsense', agent: { a: 1 } })).toEqual({});
});

test('an address without a conversation leads to none', () => {
  expect(readConversationPlace({})).toEqual({ id: '' });
});
