/** What is wrong with a request, field by field. */

import type * as z from 'zod';
import { InputError } from '../core/errors.ts';

export interface RequestIssue {
  /** Dotted; the name of the field, parameter or header. */
  readonly path: string;
  readonly message: string;
}

export function invalidRequest(issues: readonly RequestIssue[]): InputError {
  const first = issues[0];
  const message = first === undefined ? 'The request is not valid.' : `The request is not valid: ${describeIssue(first)}`;
  return new InputError('invalid_request', message, { details: { issues } });
}

function describeIssue({ path, message }: RequestIssue): string {
  return path === '' ? message : `${path}: ${message}`;
}

/** Unknown keys become one issue each, at the key. */
export function issuesOf(error: z.ZodError): RequestIssue[] {
  return error.issues.flatMap((issue) => {
    const path = issue.path.map(String);
    if (issue.code !== 'unrecognized_keys') return [{ path: path.join('.'), message: issue.message }];
    return issue.keys.map((key) => ({ path: [...path, key].join('.'), message: 'is not known here' }));
  });
}
