/** Everything of the configuration that may be shown, with each credential as `***`. */

import { isTable, type KeyPath, readPath, type Table, writePath } from './paths.ts';
import { isReference } from './references.ts';
import type { KeyFacts } from './schema/keys.ts';
import { configSchemas } from './schema/root.ts';
import { isCredential, walkTree } from './schema/walk.ts';
import type { ConfigSnapshot } from './snapshot.ts';
import { parseToml } from './toml.ts';

export const MASK = '***';

type Schema = Parameters<typeof walkTree>[0];

function maskTree(schema: Schema, values: unknown): Table {
  const masked: unknown = structuredClone(values);
  if (!isTable(masked)) return {};
  const leaf = (path: KeyPath, value: unknown, facts: KeyFacts) => {
    if (value !== undefined && value !== '' && isCredential(path, facts)) writePath(masked, path, MASK);
  };
  walkTree(schema, masked, { leaf });
  return masked;
}

/** The effective tree: instance values, `defaults`, and `agents` as a table by id. */
export function maskedValues(snapshot: ConfigSnapshot): Table {
  const schemas = configSchemas();
  const agents = snapshot.agents.map((agent) => {
    const own = { id: agent.id, default: agent.isDefault, display_name: agent.displayName, role: agent.role, workspace: agent.workspace };
    return [agent.id, { ...own, ...maskTree(schemas.settings, agent.settings), cron: structuredClone(agent.cron) }];
  });
  return {
    ...maskTree(schemas.instance, snapshot.values),
    defaults: maskTree(schemas.settings, snapshot.defaults),
    agents: Object.fromEntries(agents),
  };
}

/** Credentials that stand in a written tree as they are; references are none. */
export function literalCredentials(written: Table): { readonly path: KeyPath; readonly value: string }[] {
  const found: { path: KeyPath; value: string }[] = [];
  walkTree(configSchemas().file, written, {
    leaf: (path, value, facts) => {
      if (typeof value === 'string' && value !== '' && !isReference(value) && isCredential(path, facts)) found.push({ path, value });
    },
    unknown: (path, _names, value) => {
      if (typeof value === 'string' && value !== '' && !isReference(value) && isCredential(path, undefined)) found.push({ path, value });
    },
  });
  return found;
}

/** The text of the file with literal credentials as `***`, everything else as it stands. */
export async function maskText(text: string): Promise<string> {
  const parsed = parseToml(text);
  if ('problem' in parsed) return maskBrokenText(text);
  const literals = literalCredentials(parsed.tree);
  if (literals.length === 0) return text;
  const { editText } = await import('./edit-text.ts');
  return editText(text, (tree) => {
    for (const { path } of literals) writePath(tree, path, MASK);
  });
}

/** Text that no parser reads is masked by line, rather too much than too little. */
function maskBrokenText(text: string): string {
  return text.replace(/^(.*(?:key|token|password|secret|headers|host|username)\b[^=]*=).*$/gim, `$1 "${MASK}"`);
}

/** Puts stored credentials back where `incoming` says `***`; returns the paths for which nothing is stored. */
export function restoreMasked(incoming: Table, stored: Table): KeyPath[] {
  const missing: KeyPath[] = [];
  for (const { path, value } of literalCredentials(incoming)) {
    if (value !== MASK) continue;
    const kept = readPath(stored, matchEntries(path, incoming, stored));
    if (typeof kept === 'string') writePath(incoming, path, kept);
    else missing.push(path);
  }
  return missing;
}

/** Follows entries of `[[agents]]` and instances by id or name, because they may have moved. */
function matchEntries(path: KeyPath, incoming: Table, stored: Table): KeyPath {
  const matched: (string | number)[] = [];
  for (const [position, segment] of path.entries()) {
    const entry = readPath(incoming, path.slice(0, position + 1));
    const others = readPath(stored, matched);
    const identity = isTable(entry) ? (entry.id ?? entry.name) : undefined;
    if (typeof segment !== 'number' || identity === undefined || !Array.isArray(others)) matched.push(segment);
    else matched.push(others.findIndex((other) => isTable(other) && (other.id ?? other.name) === identity));
  }
  return matched;
}
