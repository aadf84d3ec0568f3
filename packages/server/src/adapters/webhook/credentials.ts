/** Who may call: a token, a signature over the whole request, or, on loopback without either, everybody. */

import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { AuthError } from '../../core/errors.ts';
import { sha256 } from '../../core/ids.ts';

/** How far the time of a signature may lie from now, seconds. */
const SIGNATURE_WINDOW_SECS = 300;
const SIGNATURE = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/i;

export interface Credentials {
  readonly auth_token?: string | undefined;
  readonly hmac_secret?: string | undefined;
}

/** What is left to check once the body is there; `null` when the caller is in already. */
export type PendingSignature = { readonly time: string; readonly digest: string } | null;

/** Throws `unauthorized`, `bad_signature` or `signature_expired` for what can be told without the body. */
export function checkCaller(request: IncomingMessage, credentials: Credentials, now: number): PendingSignature {
  const { auth_token: token, hmac_secret: secret } = credentials;
  if (token === undefined && secret === undefined) return null;
  if (token !== undefined && hasToken(request, token)) return null;
  const header = request.headers['x-spacebot-signature'];
  if (secret === undefined || (token !== undefined && header === undefined)) {
    throw new AuthError('unauthorized', 'A valid token is needed.');
  }
  const match = typeof header === 'string' ? SIGNATURE.exec(header) : null;
  if (!match?.[1] || !match[2])
    throw new AuthError('bad_signature', 'The header X-Spacebot-Signature is missing or not of the form t=SECONDS,v1=HEX.');
  if (Math.abs(now / 1000 - Number(match[1])) > SIGNATURE_WINDOW_SECS) {
    throw new AuthError('signature_expired', `The signature is more than ${SIGNATURE_WINDOW_SECS} s away from the time of this server.`);
  }
  return { time: match[1], digest: match[2].toLowerCase() };
}

/** Throws `bad_signature`. Returns the digest, which also names the request for repeats. */
export function checkSignature(request: IncomingMessage, body: Uint8Array, secret: string, pending: NonNullable<PendingSignature>): string {
  const expected = signRequest(secret, pending.time, request.method ?? '', request.url ?? '', body);
  if (!equals(expected, pending.digest)) throw new AuthError('bad_signature', 'The signature does not fit the request.');
  return expected;
}

/** Hex HMAC-SHA256 over time, method, path with query, and body, joined by dots. `time` is in seconds. */
export function signRequest(secret: string, time: string, method: string, pathWithQuery: string, body: Uint8Array): string {
  return createHmac('sha256', secret).update(`${time}.${method}.${pathWithQuery}.`).update(body).digest('hex');
}

function hasToken(request: IncomingMessage, token: string): boolean {
  const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  const plain = request.headers['x-webhook-token'];
  return [bearer, plain].some((given) => typeof given === 'string' && equals(given, token));
}

/** In constant time: both sides are hashed to one length first. */
function equals(left: string, right: string): boolean {
  return timingSafeEqual(Buffer.from(sha256(left)), Buffer.from(sha256(right)));
}
