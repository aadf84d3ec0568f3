/** Building blocks that every other schema is made of: ids, times, pages and the rules for query values. */

import * as z from 'zod';

/** Opaque id made by the server or a platform: at most 256 characters without `/`, white space or control characters. */
export const Id = z.string();
/** RFC 3339, UTC, milliseconds. */
export const Timestamp = z.string().meta({ format: 'date-time' });
export const Count = z.int().min(0);

/** A failure inside a successful answer or an event. */
export const ErrorInfo = z.object({ code: z.string(), message: z.string() });
export type ErrorInfo = z.infer<typeof ErrorInfo>;

/** The body of every list: `next_cursor` is `null` on the last page. */
export function page<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), next_cursor: z.string().nullable() });
}
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next_cursor: string | null;
}

const INTEGER = /^-?\d{1,15}$/;

/** A whole number in a query string. */
export function queryInteger(min: number, max: number) {
  return z.preprocess((value) => (typeof value === 'string' && INTEGER.test(value) ? Number(value) : value), z.int().min(min).max(max));
}

/** `true` or `false` in a query string. */
export const queryBoolean = z.preprocess(
  (value) => (value === 'true' ? true : value === 'false' ? false : value),
  z.boolean({ error: 'expected true or false' }),
);

/** A comma list of known words in a query string; an unknown word is refused. */
export function queryWords<const Word extends string>(words: readonly Word[]) {
  return z.preprocess((value) => (typeof value === 'string' ? value.split(',') : value), z.array(z.enum(words)).min(1));
}

/** The two parameters of every list. */
export const paging = { limit: queryInteger(1, 200).default(50), cursor: z.string().min(1).max(1024).optional() };

/** A time in a query string, RFC 3339. */
export const queryTime = z.iso.datetime({ offset: true });
