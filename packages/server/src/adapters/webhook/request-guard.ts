/** Keeps pages of other sites out: which names a request may address us by, and which origins may send one. */

import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { PolicyError } from '../../core/errors.ts';

export interface TrustedNames {
  readonly hosts: readonly string[];
  readonly origins: readonly string[];
}

/** Throws `host_not_allowed` and `origin_not_allowed`. */
export function guardRequest(request: IncomingMessage, names: TrustedNames): void {
  const host = request.headers.host ?? '';
  if (!isHostAllowed(host, names.hosts)) {
    throw new PolicyError('host_not_allowed', 'This host name is not in api.allowed_hosts.');
  }
  const { origin } = request.headers;
  if (origin !== undefined && !isOriginAllowed(origin, host, names.origins)) {
    throw new PolicyError('origin_not_allowed', 'This origin is not in api.allowed_origins.');
  }
}

function isHostAllowed(host: string, allowed: readonly string[]): boolean {
  const name = host.replace(/:\d*$/, '').toLowerCase();
  const address = name.startsWith('[') && name.endsWith(']') ? name.slice(1, -1) : name;
  return (
    name === 'localhost' ||
    isIP(address) !== 0 ||
    allowed.some((entry) => entry.toLowerCase() === name || entry.toLowerCase() === host.toLowerCase())
  );
}

function isOriginAllowed(origin: string, host: string, allowed: readonly string[]): boolean {
  const own = host.toLowerCase();
  const given = origin.toLowerCase();
  return given === `http://${own}` || given === `https://${own}` || allowed.some((entry) => entry.toLowerCase() === given);
}
