/** Whether a dotted key exists, and what was probably meant when it does not. */

import { suggestName } from '../config/issues.ts';
import { formatPath, isTable, type KeyPath, parsePath } from '../config/paths.ts';
import { configSchemas } from '../config/schema/root.ts';
import { schemaAt } from '../config/schema/walk.ts';
import { CliError } from './cli-error.ts';

/** True for a key of the schema; whether a named agent exists is another question. */
export function isKnownKey(key: string): boolean {
  const path = parsePath(key);
  return path !== undefined && schemaAt(configSchemas().file, toSchemaPath(path)) !== undefined;
}

/** Agents go by id in requests, by position in the schema of the file. */
function toSchemaPath(path: KeyPath): KeyPath {
  return path[0] === 'agents' && path.length > 1 ? ['agents', 0, ...path.slice(2)] : path;
}

/** The nearest key with the same parent. */
export function suggestKey(key: string): string | undefined {
  const path = parsePath(key);
  if (path === undefined) return undefined;
  const parent = schemaAt(configSchemas().file, toSchemaPath(path.slice(0, -1)));
  const shape: unknown = parent !== undefined && 'shape' in parent ? parent.shape : undefined;
  const near = suggestName(String(path.at(-1)), isTable(shape) ? Object.keys(shape) : []);
  return near === undefined ? undefined : formatPath([...path.slice(0, -1), near]);
}

export function unknownKey(key: string): CliError {
  const near = suggestKey(key);
  return new CliError('not_found', `unknown key "${key}"${near === undefined ? '' : ` (did you mean "${near}"?)`}`);
}
