/** What the configuration wants to run: every enabled instance of a platform, with the settings its adapter reads. */

import type { ConfigSnapshot } from '../config/snapshot.ts';
import { type AdapterKey, trusted } from '../core/ids.ts';
import { canonicalJson } from '../core/json.ts';
import type { AdapterDefinition } from '../core/messaging-adapter.ts';
import { isPlatformTable } from './adapter-rules.ts';

export interface EnabledInstance {
  readonly key: AdapterKey;
  readonly platform: string;
  /** `null` for the default instance. */
  readonly instance: string | null;
}

export interface DesiredAdapter extends EnabledInstance {
  readonly definition: AdapterDefinition<unknown>;
  readonly settings: unknown;
  /** Changes exactly when the adapter must be rebuilt: keys it does not read leave it alone. */
  readonly fingerprint: string;
}

export interface DesiredAdapters {
  readonly supported: readonly DesiredAdapter[];
  /** Enabled, without an adapter for the platform. */
  readonly unsupported: readonly EnabledInstance[];
}

export function desiredAdapters(snapshot: ConfigSnapshot, definitions: readonly AdapterDefinition<unknown>[]): DesiredAdapters {
  const supported: DesiredAdapter[] = [];
  const unsupported: EnabledInstance[] = [];
  for (const { table, ...enabled } of enabledInstances(snapshot)) {
    const definition = definitions.find((candidate) => candidate.platform === enabled.platform);
    if (!definition) unsupported.push(enabled);
    else supported.push(configure(enabled, definition, table));
  }
  return { supported, unsupported };
}

function enabledInstances(snapshot: ConfigSnapshot): (EnabledInstance & { readonly table: unknown })[] {
  return Object.entries(snapshot.values.messaging).flatMap(([platform, table]) => {
    if (!isPlatformTable(table)) return [];
    const instances = [{ instance: null, table }, ...table.instances.map((entry) => ({ instance: entry.name, table: entry }))];
    const enabled = instances.filter((entry) => entry.table.enabled);
    return enabled.map((entry) => ({
      ...entry,
      platform,
      key: trusted<AdapterKey>(entry.instance === null ? platform : `${platform}:${entry.instance}`),
    }));
  });
}

function configure(enabled: EnabledInstance, definition: AdapterDefinition<unknown>, table: unknown): DesiredAdapter {
  const settings = definition.settings.parse(table);
  return { ...enabled, definition, settings, fingerprint: canonicalJson(settings) };
}
