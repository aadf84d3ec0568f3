/** Checks one written file against the schema: types and ranges, unknown keys, keys without effect, references. */

import type * as z from 'zod';
import { describeValue, type IssueDetails, makeIssue, suggestName } from './issues.ts';
import { formatKeyPath, formatPath, type KeyPath, readPath, type Table } from './paths.ts';
import type { Positions } from './positions.ts';
import type { ResolvedTree } from './references.ts';
import { factsOf } from './schema/keys.ts';
import { configSchemas } from './schema/root.ts';
import { isCredential, schemaAt, walkTree } from './schema/walk.ts';
import type { ConfigIssue, IssueCode } from './snapshot.ts';
import { isWithoutEffect } from './unsupported.ts';

/** Collects the issues of one file and gives each its place. */
export interface IssueReporter {
  readonly issues: ConfigIssue[];
  /** The file as written, references unresolved. */
  readonly written: Table;
  report(details: IssueDetails): void;
  /** An error or warning about the value at `path`, in the words `PATH: expected EXPECTED, got GOT`. */
  reportValue(
    code: IssueCode,
    path: KeyPath,
    expected: string,
    options?: { severity?: 'warning'; atKey?: boolean; suggestion?: string | undefined },
  ): void;
}

export function createReporter(file: string, written: Table, positions: () => Positions): IssueReporter {
  const issues: ConfigIssue[] = [];
  const report = (details: IssueDetails) => {
    const place = positions().find(details.path);
    issues.push(makeIssue(file, details.atKey === true ? place.key : place.value, formatKeyPath(details.path, written), details));
  };
  return {
    issues,
    written,
    report,
    reportValue(code, path, expected, options = {}) {
      const schema = schemaAt(configSchemas().file, path);
      const got = describeValue(readPath(written, path), isCredential(path, schema && factsOf(schema)));
      const message = `${formatKeyPath(path, written)}: expected ${expected}, got ${got}`;
      report({ severity: 'error', code, path, expected, got, message, ...options });
    },
  };
}

/** Reports what zod refuses in the resolved tree, in the words of the written one. */
export function checkValues(resolved: Table, reporter: IssueReporter): void {
  const result = configSchemas().file.safeParse(resolved, { jitless: true });
  for (const issue of result.error?.issues ?? []) reportRefusal(issue, reporter);
}

function reportRefusal(issue: z.core.$ZodIssue, reporter: IssueReporter): void {
  const path = issue.path.map((segment) => (typeof segment === 'symbol' ? String(segment) : segment));
  const schema = schemaAt(configSchemas().file, path);
  const expected = (schema && factsOf(schema)?.expected) ?? 'another value';
  reporter.reportValue(codeOf(issue, readPath(reporter.written, path)), path, expected);
}

function codeOf(issue: z.core.$ZodIssue, value: unknown): IssueCode {
  if (value === undefined) return 'missing_required';
  if (issue.code === 'too_small' || issue.code === 'too_big') return 'out_of_range';
  if (issue.code === 'invalid_type' || typeof value !== 'string') return 'type_mismatch';
  return 'invalid_value';
}

/** Keys nobody knows, and keys that nobody acts on. */
export function checkKeys(reporter: IssueReporter): void {
  walkTree(configSchemas().file, reporter.written, {
    leaf: (path) => reportWithoutEffect(path, reporter),
    unknown: (path, names) => {
      if (path[0] === 'agents' && String(path.at(-1)).startsWith('gradient_')) return reportUnsupported(path, reporter);
      reportUnknownKey(path, names, reporter);
    },
  });
}

function reportWithoutEffect(path: KeyPath, reporter: IssueReporter): void {
  if (isWithoutEffect(path)) reportUnsupported(path, reporter);
}

export function reportUnsupported(path: KeyPath, reporter: IssueReporter): void {
  const message = `key "${formatKeyPath(path, reporter.written)}" is accepted but has no effect`;
  reporter.report({ severity: 'notice', code: 'unsupported', path, message, atKey: true });
}

export function reportConflict(path: KeyPath, problem: string, reporter: IssueReporter): void {
  reporter.report({ severity: 'error', code: 'conflict', path, message: `${formatKeyPath(path, reporter.written)}: ${problem}` });
}

function reportUnknownKey(path: KeyPath, names: readonly string[], reporter: IssueReporter): void {
  const parent = path.slice(0, -1);
  const near = suggestName(String(path.at(-1)), names);
  const suggestion = near === undefined ? undefined : formatKeyPath([...parent, near], reporter.written);
  const hint = suggestion === undefined ? '' : ` (did you mean "${suggestion}"?)`;
  const message = `unknown key "${formatKeyPath(path, reporter.written)}"${hint}`;
  reporter.report({ severity: 'warning', code: 'unknown_key', path, message, suggestion, atKey: true });
}

export function reportReferences(resolved: ResolvedTree, reporter: IssueReporter): void {
  for (const { path, reference } of resolved.unresolved) {
    const message = `${formatKeyPath(path, reporter.written)}: ${describeMissing(reference)}; the key counts as missing`;
    reporter.report({ severity: 'warning', code: 'unresolved_reference', path, message });
  }
  for (const path of resolved.literalCredentials) {
    const name = formatPath(path)
      .toUpperCase()
      .replace(/[^A-Z0-9]+/g, '_');
    const message = `${formatKeyPath(path, reporter.written)}: a credential stands in the file; use "env:${name}" or "secret:${name}"`;
    reporter.report({ severity: 'warning', code: 'literal_credential', path, message, got: 'string "***"' });
  }
}

function describeMissing(reference: string): string {
  const [kind, name = ''] = reference.split(/:(.*)/s);
  return kind === 'env' ? `environment variable "${name}" is not set` : `there is no secret "${name}"`;
}
