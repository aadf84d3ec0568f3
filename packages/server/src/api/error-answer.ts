/** The one shape of every failure: code, message, details, request id. */

import type { ErrorBody } from '@spacebot/protocol/errors';
import { statusOf } from '@spacebot/protocol/errors';
import { type AppError, isAppError } from '../core/errors.ts';
import type { Answer } from './exchange.ts';

/** The answer for anything thrown; what is not an AppError tells nothing but that it happened. */
export function toErrorAnswer(error: unknown, requestId: string): Answer {
  if (!isAppError(error))
    return answer(500, { code: 'internal', message: 'Something went wrong inside Spacebot.', details: {} }, requestId);
  const { code, publicMessage: message, details } = error;
  const status = statusOf(code);
  return { ...answer(status, { code, message, details }, requestId), headers: headersOf(error, status) };
}

function answer(status: number, error: Omit<ErrorBody['error'], 'request_id'>, requestId: string): Answer {
  return { status, body: { error: { ...error, request_id: requestId } } };
}

function headersOf(error: AppError, status: number): Record<string, string> {
  const headers: Record<string, string> = {};
  if (status === 401) headers['WWW-Authenticate'] = 'Bearer';
  const seconds = retryAfterSecs(error, status);
  if (seconds !== undefined) headers['Retry-After'] = String(seconds);
  const { allow } = error.details;
  if (status === 405 && Array.isArray(allow)) headers.Allow = allow.join(', ');
  return headers;
}

function retryAfterSecs(error: AppError, status: number): number | undefined {
  if (typeof error.retry === 'object') return Math.max(1, Math.ceil(error.retry.afterMs / 1000));
  return status === 429 || status === 503 ? 1 : undefined;
}
