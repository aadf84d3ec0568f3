/** Limits per client address: a token bucket for requests and a sliding minute for failed log-ins. */

import type { Clock } from '../core/clock.ts';

interface Bucket {
  tokens: number;
  at: number;
}

export interface Verdict {
  readonly allowed: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** Seconds until the bucket is full again. */
  readonly resetSecs: number;
  /** Milliseconds until the next request may come; 0 when allowed. */
  readonly waitMs: number;
}

export interface RateLimit {
  readonly requestsPerMinute: number;
  readonly burst: number;
}

const MAX_BUCKETS = 10_000;

export class RateLimiter {
  readonly #clock: Clock;
  readonly #buckets = new Map<string, Bucket>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes one request from the address's bucket of `burst`, which refills at the rate. */
  take(address: string, rate: RateLimit): Verdict {
    return this.#ask(address, rate, 1);
  }

  /** How the bucket stands; takes nothing from it. */
  look(address: string, rate: RateLimit): Verdict {
    return this.#ask(address, rate, 0);
  }

  #ask(address: string, { requestsPerMinute, burst }: RateLimit, wanted: 0 | 1): Verdict {
    const now = this.#clock.now();
    const perMs = requestsPerMinute / 60_000;
    const limit = Math.max(1, burst);
    const bucket = this.#buckets.get(address) ?? this.#open(address, limit, now);
    bucket.tokens = Math.min(limit, bucket.tokens + Math.max(0, now - bucket.at) * perMs);
    bucket.at = now;
    const allowed = bucket.tokens >= wanted;
    if (allowed) bucket.tokens -= wanted;
    return {
      allowed,
      limit,
      remaining: Math.floor(bucket.tokens),
      resetSecs: Math.ceil((limit - bucket.tokens) / perMs / 1000),
      waitMs: allowed ? 0 : (1 - bucket.tokens) / perMs,
    };
  }

  #open(address: string, limit: number, now: number): Bucket {
    if (this.#buckets.size >= MAX_BUCKETS) this.#forgetOldest();
    const bucket = { tokens: limit, at: now };
    this.#buckets.set(address, bucket);
    return bucket;
  }

  /** A forgotten address starts full again: memory stays bounded, and only whoever has many addresses gains. */
  #forgetOldest(): void {
    const oldest = this.#buckets.keys().next();
    if (!oldest.done) this.#buckets.delete(oldest.value);
  }
}

const WINDOW_MS = 60_000;
const MAX_FAILURES = 10;

/** Counts wrong tokens at the log-in; the eleventh try within a minute is refused, also a right one. */
export class LoginGuard {
  readonly #clock: Clock;
  readonly #failures = new Map<string, number[]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Milliseconds to wait; 0 = go on. */
  waitMs(address: string): number {
    const recent = this.#recent(address);
    const oldest = recent.at(-MAX_FAILURES);
    return oldest === undefined ? 0 : oldest + WINDOW_MS - this.#clock.now();
  }

  fail(address: string): void {
    const recent = this.#recent(address);
    if (this.#failures.size >= MAX_BUCKETS) this.#failures.clear();
    this.#failures.set(address, [...recent, this.#clock.now()].slice(-MAX_FAILURES));
  }

  #recent(address: string): number[] {
    const start = this.#clock.now() - WINDOW_MS;
    const recent = (this.#failures.get(address) ?? []).filter((at) => at > start);
    if (recent.length === 0) this.#failures.delete(address);
    return recent;
  }
}
