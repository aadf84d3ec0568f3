/** What the configuration says about an adapter instance, found by its key. */

import type { ConfigSnapshot } from '../config/snapshot.ts';

export interface AdapterRules {
  readonly dm_allowed_users: readonly string[];
  readonly authority: readonly string[];
  readonly allow_bot_messages: boolean;
}

const NOBODY: AdapterRules = { dm_allowed_users: [], authority: [], allow_bot_messages: false };

/** The two parts of an adapter key; `instance` is `null` for the default instance. */
export function splitAdapterKey(key: string): { platform: string; instance: string | null } {
  const colon = key.indexOf(':');
  return colon < 0 ? { platform: key, instance: null } : { platform: key.slice(0, colon), instance: key.slice(colon + 1) };
}

/** Fails closed: an adapter that is not configured admits nobody. */
export function adapterRules(snapshot: ConfigSnapshot, key: string): AdapterRules {
  const { platform, instance } = splitAdapterKey(key);
  const table = Object.entries(snapshot.values.messaging).find(([name]) => name === platform)?.[1];
  if (!isPlatformTable(table)) return NOBODY;
  if (instance === null) return table;
  return table.instances.find((candidate) => candidate.name === instance) ?? NOBODY;
}

export interface PlatformTable extends AdapterRules {
  readonly enabled: boolean;
  readonly instances: readonly (AdapterRules & { readonly name: string; readonly enabled: boolean })[];
}

export function isPlatformTable(value: unknown): value is PlatformTable {
  return typeof value === 'object' && value !== null && 'instances' in value && 'dm_allowed_users' in value;
}
