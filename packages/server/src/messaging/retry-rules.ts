/** What becomes of a failed send, decided by the kind of failure alone. */

import type { Random } from '../core/clock.ts';
import { AppError, DeliveryError } from '../core/errors.ts';
import type { ReconcileKind } from '../core/messaging-adapter.ts';
import type { SendResult } from '../storage/agent/deliveries.ts';

const MAX_ATTEMPTS = 8;
const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 300_000;
/** How long a platform rests that says "too often" without saying for how long. */
const REST_MS = 30_000;

/** Doubles from 1 s to 300 s, plus up to a quarter; `attempts` counts from 1. */
export function backoffMs(attempts: number, random: Random): number {
  const base = Math.min(FIRST_DELAY_MS * 2 ** (attempts - 1), LONGEST_DELAY_MS);
  return Math.min(Math.round(base * (1 + random() / 4)), LONGEST_DELAY_MS);
}

export interface FailedAttempt {
  /** Tries that count, this one included. */
  readonly attempts: number;
  readonly reconcile: ReconcileKind;
  /** Milliseconds. */
  readonly now: number;
  readonly random: Random;
}

/** A failure that is no `DeliveryError` is a fault on our side and tried again like a transient one. */
export function afterFailure(error: unknown, attempt: FailedAttempt): SendResult {
  const failure = describeFailure(error);
  const kind = error instanceof DeliveryError ? error.kind : 'transient';
  const wait = error instanceof DeliveryError ? error.retryAfterMs : undefined;
  switch (kind) {
    case 'permanent':
      return { state: 'dead', ...failure, permanent: true };
    case 'rate_limited':
      return { state: 'retrying', notBefore: attempt.now + (wait ?? REST_MS), ...failure, countsAsTry: false };
    case 'unauthorized':
      return { state: 'retrying', notBefore: attempt.now, ...failure, countsAsTry: false };
    case 'ambiguous':
      return attempt.reconcile === 'key' ? again(failure, attempt, wait) : { state: 'ambiguous', ...failure };
    case 'transient':
      return again(failure, attempt, wait);
  }
}

function again(failure: { code: string; message: string }, attempt: FailedAttempt, wait: number | undefined): SendResult {
  if (attempt.attempts >= MAX_ATTEMPTS) return { state: 'dead', ...failure, permanent: false };
  const delay = Math.max(backoffMs(attempt.attempts, attempt.random), wait ?? 0);
  return { state: 'retrying', notBefore: attempt.now + delay, ...failure, countsAsTry: true };
}

function describeFailure(error: unknown): { code: string; message: string } {
  if (error instanceof AppError) return { code: error.code, message: error.publicMessage };
  return { code: 'internal', message: 'The send failed unexpectedly; the log says more.' };
}
