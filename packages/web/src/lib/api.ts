/** The one client of the page and what its errors mean to a person. */

import { ClientError, createClient } from '@spacebot/protocol/client';

export const api = createClient({ baseUrl: '' });

export interface ErrorText {
  readonly detail: string;
  /** The request id, to be found in the log. */
  readonly reference: string | undefined;
}

const UNKNOWN = 'Something unexpected went wrong in this page. Reload it; nothing on the server was changed by that.';

/** One or two sentences for any failure: what happened and what to do. */
export function describeError(error: unknown): ErrorText {
  if (!(error instanceof ClientError)) return { detail: UNKNOWN, reference: undefined };
  return { detail: sentence(error), reference: error.requestId };
}

function sentence(error: ClientError): string {
  if (error.status === 0) return 'Spacebot cannot be reached right now. What is on screen was kept; try again when the connection is back.';
  if (error.code === 'rate_limited')
    return `Too many requests. Try again ${error.retryAfterSecs ? `in ${error.retryAfterSecs} s` : 'in a moment'}.`;
  const issue = firstIssue(error.details.issues);
  return issue === undefined ? error.message : `${error.message} ${issue}`;
}

function firstIssue(issues: unknown): string | undefined {
  if (!Array.isArray(issues)) return undefined;
  const first: unknown = issues[0];
  if (typeof first !== 'object' || first === null || !('message' in first)) return undefined;
  const path = 'path' in first && first.path !== '' ? `${String(first.path)}: ` : '';
  return `${path}${String(first.message)}`;
}

export function isCode(error: unknown, code: string): boolean {
  return error instanceof ClientError && error.code === code;
}

export function isUnauthorized(error: unknown): boolean {
  return error instanceof ClientError && error.status === 401;
}

/** Bytes of a text in UTF-8, the unit of the server's limits. */
export function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
