/** Ids: branded strings, time-ordered UUIDs, and keys that stay the same over any crash. */

import { createHash, randomFillSync } from 'node:crypto';
import type { Clock } from './clock.ts';

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

export type AgentId = Branded<'AgentId'>;
/** `platform` or `platform:instance`. */
export type AdapterKey = Branded<'AdapterKey'>;
/** The public form of contract 7.1, for example `webhook:ticket-42`. */
export type ConversationId = Branded<'ConversationId'>;
export type TurnId = Branded<'TurnId'>;
export type IdempotencyKey = Branded<'IdempotencyKey'>;
/** Names one boot of the daemon; a row owned by another run id has no living owner. */
export type RunId = Branded<'RunId'>;

export const AGENT_ID_PATTERN = /^[a-z0-9][a-z0-9_-]{0,62}$/;

/** Brands a string that the caller has already checked, for example against a schema or because it comes from our own table. */
export function trusted<Id extends string>(value: string): Id {
  return value as Id;
}

export type NewId = <Id extends string = string>() => Id;

/** Makes lower-case UUIDv7 strings (RFC 9562, 5.7) that grow strictly within one process, also when the clock stands still or steps back. */
export function createIdGenerator(clock: Clock, fillRandom: (bytes: Uint8Array) => void = pooledRandom()): NewId {
  const bytes = new Uint8Array(16);
  let lastTime = 0;
  let counter = 0;
  return <Id extends string>() => {
    const now = clock.now();
    if (now > lastTime) {
      lastTime = now;
      fillRandom(bytes.subarray(6));
      counter = (((bytes[6] ?? 0) & 0x07) << 8) | (bytes[7] ?? 0);
    } else {
      fillRandom(bytes.subarray(8));
      counter += 1;
      if (counter > 0xfff) {
        counter = 0;
        lastTime += 1;
      }
    }
    return formatUuid(bytes, lastTime, counter) as Id;
  };
}

/** Asks the system for randomness in large pieces, because each question costs more than the bytes do. */
function pooledRandom(): (bytes: Uint8Array) => void {
  const pool = new Uint8Array(4096);
  let used = pool.length;
  return (bytes) => {
    if (used + bytes.length > pool.length) {
      randomFillSync(pool);
      used = 0;
    }
    bytes.set(pool.subarray(used, used + bytes.length));
    used += bytes.length;
  };
}

function formatUuid(bytes: Uint8Array, time: number, counter: number): string {
  let rest = time;
  for (let index = 5; index >= 0; index -= 1) {
    bytes[index] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  bytes[6] = 0x70 | (counter >> 8);
  bytes[7] = counter & 0xff;
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = Buffer.from(bytes).toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

/** First 25 characters of base32(SHA-256(parts)), lower case: short enough for a Discord nonce, a Matrix transaction id or a Lark uuid. */
export function deriveKey(...parts: readonly (string | number)[]): string {
  const digest = createHash('sha256').update(JSON.stringify(parts)).digest();
  let out = '';
  let bits = 0;
  let value = 0;
  for (const byte of digest) {
    value = (value << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      out += BASE32[(value >> (bits - 5)) & 31];
      bits -= 5;
    }
    value &= (1 << bits) - 1;
  }
  return out.slice(0, 25);
}

/** SHA-256 of a text or bytes, 64 hex digits. */
export function sha256(value: string | Uint8Array): string {
  return createHash('sha256').update(value).digest('hex');
}

/** The adapter key of the page's own chat; what is stored there is delivered. */
export const PORTAL = trusted<AdapterKey>('portal');
