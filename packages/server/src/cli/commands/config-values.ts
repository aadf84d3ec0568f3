/** `spacebot config get|set|unset|path`: values by their dotted key; a running daemon takes a change of the file by itself. */

import { stringify } from 'smol-toml';
import type { ConfigPatch, FileContent } from '../../config/config-file.ts';
import { invalidConfig } from '../../config/config-file.ts';
import { effectiveValue } from '../../config/effective.ts';
import { makeIssue, suggestName } from '../../config/issues.ts';
import { tablesOf } from '../../config/normalize.ts';
import { formatPath, isTable, type KeyPath, parsePath, readPath } from '../../config/paths.ts';
import { needsRestart } from '../../config/restart-keys.ts';
import { configSchemas } from '../../config/schema/root.ts';
import { schemaAt } from '../../config/schema/walk.ts';
import type { ConfigSnapshot } from '../../config/snapshot.ts';
import { parseToml } from '../../config/toml.ts';
import { CliError } from '../cli-error.ts';
import type { CommandContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { openConfig, readSnapshot } from '../open-config.ts';

export async function getConfig(context: CommandContext, key: string | undefined): Promise<number> {
  const { output } = context;
  const snapshot = await readSnapshot(openConfig(context));
  const value = effectiveValue(snapshot, key);
  if (key === undefined) output.result(toDocument(snapshot, value), () => renderValue(value));
  else output.result({ key, value, source: snapshot.sources[key] ?? 'default' }, () => renderValue(value));
  return EXIT.ok;
}

/** The body of `GET /config`. */
function toDocument({ revision, path, sources, issues, restartRequired }: ConfigSnapshot, values: unknown) {
  return { revision, path, values, sources, issues, restart_required: restartRequired };
}

function renderValue(value: unknown): string {
  if (value === null) return '';
  if (typeof value === 'string') return value;
  return isTable(value) ? toToml(value) : JSON.stringify(value);
}

function toToml(values: Record<string, unknown>): string {
  const plain: unknown = JSON.parse(JSON.stringify(values, (_name, value: unknown) => (value === null ? undefined : value)));
  return stringify(plain).trimEnd();
}

/** Where the key stands in the schema of the file: agents go by id in requests. */
function toSchemaPath(path: KeyPath): KeyPath {
  return path[0] === 'agents' && path.length > 1 ? ['agents', 0, ...path.slice(2)] : path;
}

function suggest(path: KeyPath): string | undefined {
  const parent = schemaAt(configSchemas().file, toSchemaPath(path.slice(0, -1)));
  const shape: unknown = parent !== undefined && 'shape' in parent ? parent.shape : undefined;
  const near = suggestName(String(path.at(-1)), isTable(shape) ? Object.keys(shape) : []);
  return near === undefined ? undefined : formatPath([...path.slice(0, -1), near]);
}

function unknownKey(key: string, path: KeyPath | undefined): CliError {
  const near = path === undefined ? undefined : suggest(path);
  return new CliError('not_found', `unknown key "${key}"${near === undefined ? '' : ` (did you mean "${near}"?)`}`);
}

export async function setConfig(context: CommandContext, key: string, value: string): Promise<number> {
  const path = parsePath(key);
  if (path === undefined || schemaAt(configSchemas().file, toSchemaPath(path)) === undefined) throw refuseKey(key, path);
  return change(context, key, { set: { [key]: parseValue(value) } }, 'set');
}

/** A key nobody knows would load with a warning and do nothing; writing it is a mistake. */
function refuseKey(key: string, path: KeyPath | undefined): Error {
  const { publicMessage: message } = unknownKey(key, path);
  const suggestion = path === undefined ? undefined : suggest(path);
  return invalidConfig([makeIssue('config.toml', null, key, { severity: 'error', code: 'unknown_key', path: [key], message, suggestion })]);
}

/** TOML where it is TOML, `true`, `5`, `["a"]`, else the text itself. */
function parseValue(text: string): unknown {
  const parsed = parseToml(`value = ${text}`);
  if ('problem' in parsed || Object.keys(parsed.tree).length !== 1) return text;
  return parsed.tree.value;
}

/** Works on a file with invalid values too: taking the bad key out may be what mends it. */
export async function unsetConfig(context: CommandContext, key: string): Promise<number> {
  const path = parsePath(key);
  if (path !== undefined && (await isWritten(context, path))) return change(context, key, { unset: [key] }, 'unset');
  if (path === undefined || schemaAt(configSchemas().file, toSchemaPath(path)) === undefined) throw unknownKey(key, path);
  const content = await openConfig(context).read();
  context.output.result(toChange(key, content, content, []), () => `${key} was not set`);
  return EXIT.ok;
}

async function isWritten(context: CommandContext, path: KeyPath): Promise<boolean> {
  const parsed = parseToml((await openConfig(context).read()).text ?? '');
  if ('problem' in parsed) return true;
  const agents = tablesOf(parsed.tree.agents);
  const byId = { ...parsed.tree, agents: Object.fromEntries(agents.map((agent) => [String(agent.id), agent])) };
  return readPath(byId, path) !== undefined;
}

async function change(context: CommandContext, key: string, patch: ConfigPatch, verb: 'set' | 'unset'): Promise<number> {
  const file = openConfig(context);
  const before = await file.read();
  const after = await file.patch(patch);
  const { issues } = file.validate(after.text ?? '');
  context.output.result(toChange(key, before, after, issues), () =>
    before.text === after.text ? `${key} was so already` : `${key} is ${verb}`,
  );
  if (needsRestart(key)) context.output.note('Works after: spacebot restart');
  return EXIT.ok;
}

/** The body of `PATCH /config`. */
function toChange(key: string, before: FileContent, after: FileContent, issues: readonly unknown[]) {
  const isChanged = before.text !== after.text;
  const changed = isChanged && !needsRestart(key) ? [key] : [];
  return { revision: after.revision, changed, restart_required: isChanged && needsRestart(key) ? [key] : [], issues };
}

export async function showConfigPath({ output, instance }: CommandContext): Promise<number> {
  output.result({ path: instance.configFile }, () => instance.configFile);
  return EXIT.ok;
}
