/** Keeps pages of other sites out of the webhook. */

import type { IncomingMessage } from 'node:http';
import { PolicyError } from '../../core/errors.ts';
import { allowedNames, isAllowedHost, isListedOrigin, isOwnOrigin } from '../../security/request-names.ts';

export interface TrustedNames {
  readonly hosts: readonly string[];
  readonly origins: readonly string[];
}

/** Throws `host_not_allowed` and `origin_not_allowed`. */
export function guardRequest(request: IncomingMessage, trusted: TrustedNames): void {
  const names = allowedNames(trusted.hosts, trusted.origins);
  const { host, origin } = request.headers;
  if (!isAllowedHost(host, names)) {
    throw new PolicyError('host_not_allowed', 'This host name is not in api.allowed_hosts.');
  }
  if (origin !== undefined && !isOwnOrigin(origin, host) && !isListedOrigin(origin, names)) {
    throw new PolicyError('origin_not_allowed', 'This origin is not in api.allowed_origins.');
  }
}
