/** A POST repeated with its `Idempotency-Key` gets the first answer again, and does its work once. */

import type { IdempotencyStore, StoredAnswer } from '../app/api-services.ts';
import type { Clock } from '../core/clock.ts';
import { ConflictError } from '../core/errors.ts';
import type { Answer, Exchange, HandlerResult } from './exchange.ts';
import { ALREADY_SENT } from './exchange.ts';
import { invalidRequest } from './invalid-request.ts';

const KEY = /^[\x20-\x7e]{1,128}$/;

/** The key of a POST, or nothing. Throws `invalid_request` for one that breaks the rule. */
export function readIdempotencyKey(exchange: Exchange): string | undefined {
  const key = exchange.header('idempotency-key');
  if (key === undefined || exchange.method !== 'POST') return undefined;
  if (!KEY.test(key)) throw invalidRequest([{ path: 'Idempotency-Key', message: 'expected 1 to 128 printable ASCII characters' }]);
  return key;
}

export class IdempotentRequests {
  readonly #store: IdempotencyStore;
  readonly #clock: Clock;
  /** Requests with the same key run one after the other. */
  readonly #running = new Map<string, Promise<unknown>>();

  constructor(store: IdempotencyStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /**
   * Runs `act` unless the scope has an answer already. `fingerprint` is SHA-256 of the body; where that is known only after reading, `act`
   * is not the place to store anything that a conflict should not leave behind.
   * Throws ConflictError `idempotency_conflict` for another body under the same key.
   */
  async once(scope: string, fingerprint: string, act: () => Promise<HandlerResult>): Promise<HandlerResult> {
    const before = this.#running.get(scope) ?? Promise.resolve();
    const mine = before.catch(() => {}).then(() => this.#replayOrRun(scope, fingerprint, act));
    this.#running.set(scope, mine);
    try {
      return await mine;
    } finally {
      if (this.#running.get(scope) === mine) this.#running.delete(scope);
    }
  }

  async #replayOrRun(scope: string, fingerprint: string, act: () => Promise<HandlerResult>): Promise<HandlerResult> {
    const stored = await this.#store.find(scope);
    if (stored !== undefined) return replay(stored, fingerprint);
    const result = await act();
    if (isStorable(result)) {
      const body = result.body === undefined ? '' : JSON.stringify(result.body);
      await this.#store.save(scope, { fingerprint, status: result.status, headers: result.headers ?? {}, body }, this.#clock.now());
    }
    return result;
  }
}

function replay(stored: StoredAnswer, fingerprint: string): Answer {
  if (stored.fingerprint !== fingerprint) {
    throw new ConflictError('idempotency_conflict', 'This Idempotency-Key was used with another body; use a new key.');
  }
  const headers = { ...stored.headers, 'Idempotency-Replayed': 'true' };
  if (stored.body === '') return { status: stored.status, headers };
  return { status: stored.status, text: stored.body, headers: { 'Content-Type': 'application/json', ...headers } };
}

/** What failed may be tried again, and a stream cannot be kept. */
function isStorable(result: HandlerResult): result is Answer {
  return result !== ALREADY_SENT && result.status < 300 && result.text === undefined;
}
