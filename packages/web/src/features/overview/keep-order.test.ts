import { expect, test } from 'vitest';
import { keepOrder } from './keep-order.ts';

test('new activity moves no card, a new conversation comes first, and one that is gone leaves no hole', () => {
  expect(keepOrder([], ['a', 'b', 'c'])).toEqual(['a', 'b', 'c']);
  expect(keepOrder(['a', 'b', 'c'], ['c', 'a', 'b'])).toEqual(['a', 'b', 'c']);
  expect(keepOrder(['a', 'b', 'c'], ['n', 'c', 'a'])).toEqual(['n', 'a', 'c']);
});
