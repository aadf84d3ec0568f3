/** Builds issues in the exact words and JSON form of the contract. */

import type { KeyPath } from './paths.ts';
import { isTable } from './paths.ts';
import type { Position } from './positions.ts';
import type { ConfigIssue, IssueCode, IssueSeverity } from './snapshot.ts';

export interface IssueDetails {
  readonly severity: IssueSeverity;
  readonly code: IssueCode;
  readonly path: KeyPath;
  readonly message: string;
  readonly expected?: string;
  readonly got?: string;
  readonly suggestion?: string | undefined;
  /** Point at the key instead of the value. */
  readonly atKey?: boolean;
}

export function makeIssue(file: string, position: Position | null, pathText: string, details: IssueDetails): ConfigIssue {
  return {
    severity: details.severity,
    code: details.code,
    file,
    line: position?.line ?? null,
    column: position?.column ?? null,
    path: pathText,
    expected: details.expected ?? null,
    got: details.got ?? null,
    suggestion: details.suggestion ?? null,
    message: details.message,
  };
}

/** `config.toml:12:13: error: defaults.max_turns: expected ...` */
export function formatIssue(issue: ConfigIssue): string {
  const place = issue.line === null ? issue.file : `${issue.file}:${issue.line}:${issue.column ?? 1}`;
  return `${place}: ${issue.severity}: ${issue.message}`;
}

export function hasErrors(issues: readonly ConfigIssue[]): boolean {
  return issues.some((issue) => issue.severity === 'error');
}

const LONGEST_SHOWN = 80;

/** A value in the words of an issue: `string "five"`, `integer 5`; a credential is never shown. */
export function describeValue(value: unknown, isCredential: boolean): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') return isCredential ? 'string "***"' : `string ${JSON.stringify(shorten(value))}`;
  if (isCredential) return `${kindOf(value)} ***`;
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return `${kindOf(value)} ${value}`;
  return kindOf(value);
}

function kindOf(value: unknown): string {
  if (typeof value === 'bigint') return 'integer';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'float';
  if (typeof value === 'boolean') return 'boolean';
  if (value instanceof Date) return 'date-time';
  if (Array.isArray(value)) return 'array';
  return isTable(value) ? 'table' : typeof value;
}

function shorten(value: string): string {
  return value.length <= LONGEST_SHOWN ? value : `${value.slice(0, LONGEST_SHOWN)}…`;
}

/** The nearest of `names` within an edit distance of 2 or a third of the written key's length. */
export function suggestName(written: string, names: Iterable<string>): string | undefined {
  const limit = Math.max(2, Math.floor(written.length / 3));
  let best: string | undefined;
  let bestDistance = limit + 1;
  for (const name of names) {
    if (Math.abs(name.length - written.length) >= bestDistance) continue;
    const distance = editDistance(written, name);
    if (distance < bestDistance) {
      best = name;
      bestDistance = distance;
    }
  }
  return best;
}

/** Levenshtein distance. */
function editDistance(left: string, right: string): number {
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const change = (previous[column - 1] ?? 0) + (left[row - 1] === right[column - 1] ? 0 : 1);
      current.push(Math.min(change, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[right.length] ?? left.length;
}
