/** Looks up one key of the effective configuration, as people may see it. */

import { NotFoundError } from '../core/errors.ts';
import { maskedValues } from './masking.ts';
import { type KeyPath, parsePath, readPath } from './paths.ts';
import { configSchemas } from './schema/root.ts';
import { schemaAt } from './schema/walk.ts';
import type { ConfigSnapshot } from './snapshot.ts';

/** Value of a dotted path (agents by id), credentials as `***`, `null` for a key that is not set; without `key` the whole tree. Throws `not_found` for a key that does not exist. */
export function effectiveValue(snapshot: ConfigSnapshot, key?: string): unknown {
  const values = maskedValues(snapshot);
  if (key === undefined) return values;
  const path = parsePath(key);
  if (path === undefined || !isKnown(snapshot, path)) throw new NotFoundError('not_found', `There is no key "${key}".`);
  return readPath(values, path) ?? null;
}

function isKnown(snapshot: ConfigSnapshot, path: KeyPath): boolean {
  const [root, id, ...rest] = path;
  if (root !== 'agents' || id === undefined) return schemaAt(configSchemas().file, path) !== undefined;
  return snapshot.agents.some((agent) => agent.id === id) && schemaAt(configSchemas().agent, rest) !== undefined;
}
