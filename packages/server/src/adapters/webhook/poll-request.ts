/** The query of `/poll/{conversation_id}`. */

import { type FieldIssue, invalidRequest } from './http-exchange.ts';

export interface PollRequest {
  /** `null`: go on where the kept cursor stands. */
  readonly after: number | null;
  /** Milliseconds. */
  readonly waitMs: number;
  readonly limit: number;
}

const DEFAULT_LIMIT = 100;
const MAX_SEQ = Number.MAX_SAFE_INTEGER;

/** Throws `invalid_request` for a bad value and for a parameter that does not exist. */
export function parsePoll(query: string): PollRequest {
  if (query === '') return { after: null, waitMs: 0, limit: DEFAULT_LIMIT };
  const issues: FieldIssue[] = [];
  const found = new Map<string, number>();
  for (const [name, value] of new URLSearchParams(query)) {
    const bounds = BOUNDS[name];
    if (!bounds) issues.push({ path: name, message: 'unknown parameter' });
    else if (found.has(name)) issues.push({ path: name, message: 'given twice' });
    else found.set(name, readNumber(name, value, bounds, issues));
  }
  if (issues.length > 0) throw invalidRequest(issues);
  return { after: found.get('after') ?? null, waitMs: (found.get('wait_s') ?? 0) * 1000, limit: found.get('limit') ?? DEFAULT_LIMIT };
}

const BOUNDS: Readonly<Record<string, readonly [number, number]>> = { after: [0, MAX_SEQ], wait_s: [0, 60], limit: [1, 200] };

function readNumber(name: string, value: string, [min, max]: readonly [number, number], issues: FieldIssue[]): number {
  const pattern = name === 'wait_s' ? /^\d{1,2}(?:\.\d{1,3})?$/ : /^\d{1,16}$/;
  const number = pattern.test(value) ? Number(value) : Number.NaN;
  if (!(number >= min && number <= max))
    issues.push({ path: name, message: max === MAX_SEQ ? 'expected a whole number from 0' : `expected a number from ${min} to ${max}` });
  return number;
}
