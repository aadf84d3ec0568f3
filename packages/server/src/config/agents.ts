/** Resolves each agent: `[defaults]` below its own `[[agents]]` entry, and the folders it lives in. */

import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { trusted } from '../core/ids.ts';
import { mergeLayers } from './layers.ts';
import { isTable, type Table } from './paths.ts';
import { type AgentIdentity, configSchemas } from './schema/root.ts';
import type { AgentConfig, AgentSettings } from './snapshot.ts';
import { isTimezone, localTimezone } from './timezone.ts';

export interface ResolvedAgent {
  config: AgentConfig;
  /** Its entry as the file has it, without defaults. */
  readonly written: Table;
}

const OWN_KEYS: ReadonlySet<string> = new Set([
  'id',
  'default',
  'display_name',
  'role',
  'workspace',
  'cron',
  'wakes',
  'gradient_start',
  'gradient_end',
]);

/** `entries` are checked `[[agents]]` tables; without any there is one agent `main`. Past `limit` the default agent and the first others stay. */
export function resolveAgents(entries: readonly unknown[], defaults: Table, instanceDir: string, limit: number | null): ResolvedAgent[] {
  const tables = entries.filter(isTable);
  const written = tables.length === 0 ? [{ id: 'main' }] : tables;
  const defaultIndex = Math.max(
    written.findIndex((entry) => readFlag(entry)),
    0,
  );
  const kept = new Set(keepWithin(limit, written.length, defaultIndex));
  return written.flatMap((entry, index) => (kept.has(index) ? [resolveAgent(entry, defaults, instanceDir, index === defaultIndex)] : []));
}

const readFlag = (entry: Table) => entry.default === true;

function keepWithin(limit: number | null, count: number, defaultIndex: number): number[] {
  const order = [defaultIndex, ...Array.from({ length: count }, (_, index) => index).filter((index) => index !== defaultIndex)];
  return order.slice(0, limit ?? count);
}

function resolveAgent(written: Table, defaults: Table, instanceDir: string, isDefault: boolean): ResolvedAgent {
  const entry: AgentIdentity = configSchemas().identity.parse(written, { jitless: true });
  const own = Object.fromEntries(Object.entries(written).filter(([name]) => !OWN_KEYS.has(name)));
  const layers = mergeLayers([
    { source: 'file', values: defaults },
    { source: 'file', values: own },
  ]);
  const directory = join(instanceDir, 'agents', entry.id);
  const config: AgentConfig = {
    id: trusted(entry.id),
    displayName: entry.display_name || entry.id,
    role: entry.role || null,
    isDefault,
    directory,
    workspace: entry.workspace ? resolveFolder(instanceDir, entry.workspace) : join(directory, 'workspace'),
    settings: resolveSettings(layers.values),
    cron: entry.cron,
  };
  return { config, written };
}

function resolveFolder(instanceDir: string, folder: string): string {
  return folder === '~' || folder.startsWith('~/') ? join(homedir(), folder.slice(1)) : resolve(instanceDir, folder);
}

/** Fills in built-in defaults; an unset or invalid time zone is the local one, and the user's is cron's unless set. */
export function resolveSettings(layers: Table): AgentSettings {
  const settings = configSchemas().settings.parse(layers, { jitless: true });
  const cronTimezone = validTimezone(settings.cron_timezone) ?? localTimezone();
  return { ...settings, cron_timezone: cronTimezone, user_timezone: validTimezone(settings.user_timezone) ?? cronTimezone };
}

function validTimezone(name: string | undefined): string | undefined {
  return name !== undefined && isTimezone(name) ? name : undefined;
}
