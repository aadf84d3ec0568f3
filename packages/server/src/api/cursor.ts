/** Opaque list positions: the sort key of the last row, bound to the list it came from. */

import type { Page } from '@spacebot/protocol/common';
import type { PageKey, PageRequest, PageResult } from '../app/api-services.ts';
import { InputError } from '../core/errors.ts';

/** `list` names the endpoint, so that a cursor of one list is refused by another. Throws `invalid_cursor`. */
export function toPageRequest(list: string, query: { readonly limit: number; readonly cursor?: string | undefined }): PageRequest {
  return { limit: query.limit, after: query.cursor === undefined ? null : decodeCursor(list, query.cursor) };
}

export function toPage<Item>(list: string, result: PageResult<Item>): Page<Item> {
  return { items: result.items, next_cursor: result.next === null ? null : encodeCursor(list, result.next) };
}

function encodeCursor(list: string, key: PageKey): string {
  return Buffer.from(JSON.stringify([list, ...key])).toString('base64url');
}

function decodeCursor(list: string, cursor: string): PageKey {
  const parts = parse(cursor);
  if (!Array.isArray(parts) || parts[0] !== list || parts.length < 2) throw badCursor();
  return parts.slice(1).map((part: unknown) => {
    if (typeof part === 'string' || typeof part === 'number') return part;
    throw badCursor();
  });
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch (cause) {
    throw badCursor(cause);
  }
}

function badCursor(cause?: unknown): InputError {
  return new InputError('invalid_cursor', 'This cursor does not belong to this list; start again without it.', { cause });
}
