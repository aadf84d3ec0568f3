/** `[api]` made ready for use: sets and address lists, built once per configuration and not per request. */

import { BlockList, isIP } from 'node:net';
import type { ApiSettings } from '../app/api-services.ts';
import { type AllowedNames, allowedNames } from '../security/request-names.ts';

export interface ActiveSettings extends AllowedNames {
  readonly source: ApiSettings;
  isTrustedProxy(address: string): boolean;
}

/** Derives anew only when the settings object is another one. */
export function followSettings(read: () => ApiSettings): () => ActiveSettings {
  let active: ActiveSettings | undefined;
  return () => {
    const source = read();
    if (active?.source !== source) active = activate(source);
    return active;
  };
}

function activate(source: ApiSettings): ActiveSettings {
  const proxies = new BlockList();
  for (const range of source.trustedProxies) addRange(proxies, range);
  return {
    source,
    ...allowedNames(source.allowedHosts, source.allowedOrigins),
    isTrustedProxy: (address) => source.trustedProxies.length > 0 && proxies.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4'),
  };
}

/** The configuration has checked the ranges; a single address is a range of one. */
function addRange(list: BlockList, range: string): void {
  const [address = '', bits] = range.split('/');
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  if (bits === undefined) list.addAddress(address, family);
  else list.addSubnet(address, Number(bits), family);
}

/** The address that counts for limits: the peer, or the last hop that is no trusted proxy. IPv4 in IPv6 clothing is unwrapped. */
export function findClientAddress(settings: ActiveSettings, peer: string, forwardedFor: string | undefined): string {
  let address = unmap(peer);
  if (forwardedFor === undefined || !settings.isTrustedProxy(address)) return address;
  for (const hop of forwardedFor.split(',').reverse()) {
    const candidate = unmap(hop.trim());
    if (isIP(candidate) === 0) return address;
    address = candidate;
    if (!settings.isTrustedProxy(address)) return address;
  }
  return address;
}

function unmap(address: string): string {
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice('::ffff:'.length) : address;
}
