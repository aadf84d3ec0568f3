/** Brings a checked tree into the one spelling the rest of the system reads: lower-case ids and names, old keys as new ones. */

import { isTable, type Table } from './paths.ts';

/** Returns a new tree; the given one is not changed. */
export function normalizeTree(resolved: Table): Table {
  const tree = structuredClone(resolved);
  if (isTable(tree.llm) && isTable(tree.llm.provider)) tree.llm.provider = lowerCaseKeys(tree.llm.provider);
  if (isTable(tree.messaging)) for (const platform of Object.values(tree.messaging)) lowerCaseInstances(platform);
  for (const binding of tablesOf(tree.bindings)) lowerCase(binding, 'adapter');
  for (const settings of [tree.defaults, ...tablesOf(tree.agents)]) if (isTable(settings)) replaceListenOnly(settings.channel);
  return tree;
}

export function tablesOf(value: unknown): Table[] {
  return Array.isArray(value) ? value.filter(isTable) : [];
}

function lowerCaseKeys(table: Table): Table {
  return Object.fromEntries(Object.entries(table).map(([name, value]) => [name.toLowerCase(), value]));
}

function lowerCaseInstances(platform: unknown): void {
  if (isTable(platform)) for (const instance of tablesOf(platform.instances)) lowerCase(instance, 'name');
}

function lowerCase(table: Table, name: string): void {
  const value = table[name];
  if (typeof value === 'string') table[name] = value.toLowerCase();
}

/** `listen_only_mode = true` means to observe; the old key does not live on. */
function replaceListenOnly(channel: unknown): void {
  if (!isTable(channel)) return;
  if (channel.listen_only_mode === true) channel.response_mode = 'observe';
  delete channel.listen_only_mode;
}
