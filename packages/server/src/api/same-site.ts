/** Which names the server answers to and which pages may call it: the guard against DNS rebinding and foreign sites. */

import { isIP } from 'node:net';
import type { ActiveSettings } from './active-settings.ts';

/** An IP literal, `localhost`, or a configured name; any port. */
export function isAllowedHost(host: string | undefined, settings: ActiveSettings): boolean {
  if (host === undefined || host === '') return false;
  const name = hostName(host.toLowerCase());
  if (name === undefined) return false;
  return name === 'localhost' || isIP(name) !== 0 || settings.hosts.has(name) || settings.hosts.has(host.toLowerCase());
}

function hostName(host: string): string | undefined {
  if (host.startsWith('[')) {
    const end = host.indexOf(']');
    return end < 0 || !isPort(host.slice(end + 1)) ? undefined : host.slice(1, end);
  }
  const colon = host.indexOf(':');
  if (colon < 0) return host;
  return isPort(host.slice(colon)) ? host.slice(0, colon) : undefined;
}

const PORT = /^(:\d{1,5})?$/;
function isPort(text: string): boolean {
  return PORT.test(text);
}

/** The server's own origin is the Host it was called by; behind a proxy that ends TLS the scheme may differ. */
export function isOwnOrigin(origin: string, host: string | undefined): boolean {
  if (host === undefined) return false;
  const wanted = host.toLowerCase();
  const given = origin.toLowerCase();
  return given === `http://${wanted}` || given === `https://${wanted}`;
}

export function isListedOrigin(origin: string, settings: ActiveSettings): boolean {
  return settings.origins.has(origin.toLowerCase());
}

/** Exact, never a wildcard. */
export function corsHeaders(origin: string): Record<string, string> {
  return {
    'Access-Control-Allow-Origin': origin,
    'Access-Control-Allow-Credentials': 'true',
    'Access-Control-Expose-Headers':
      'ETag, Idempotency-Replayed, Location, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After, X-Request-Id',
    Vary: 'Origin',
  };
}

export const PREFLIGHT_HEADERS: Readonly<Record<string, string>> = {
  'Access-Control-Allow-Methods': 'GET, POST, PUT, PATCH, DELETE',
  'Access-Control-Allow-Headers': 'Accept, Authorization, Content-Type, Idempotency-Key, If-Match, Last-Event-ID, X-Request-Id',
  'Access-Control-Max-Age': '600',
};
