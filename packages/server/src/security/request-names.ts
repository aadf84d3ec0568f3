/** Which names the server answers to and which pages may call it: one guard against DNS rebinding and foreign sites, for every open door. */

import { isIP } from 'node:net';

/** What the configuration allows beside the obvious; all entries in lower case. */
export interface AllowedNames {
  /** Names or `name:port`. */
  readonly hosts: ReadonlySet<string>;
  /** Scheme, name and port, without a slash at the end. */
  readonly origins: ReadonlySet<string>;
}

export function allowedNames(hosts: readonly string[], origins: readonly string[]): AllowedNames {
  return {
    hosts: new Set(hosts.map((host) => host.toLowerCase())),
    origins: new Set(origins.map((origin) => origin.toLowerCase().replace(/\/$/, ''))),
  };
}

/** An IP literal, `localhost`, or a configured name; any port. */
export function isAllowedHost(host: string | undefined, names: AllowedNames): boolean {
  if (host === undefined || host === '') return false;
  const name = hostName(host.toLowerCase());
  if (name === undefined) return false;
  return name === 'localhost' || isIP(name) !== 0 || names.hosts.has(name) || names.hosts.has(host.toLowerCase());
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

export function isListedOrigin(origin: string, names: AllowedNames): boolean {
  return names.origins.has(origin.toLowerCase());
}
