/** `spacebot config get|set|unset|path`: values by their dotted key. */

import { text } from 'node:stream/consumers';
import { stringify } from 'smol-toml';
import type { ConfigPatch } from '../../config/config-file.ts';
import { invalidConfig } from '../../config/config-file.ts';
import { makeIssue } from '../../config/issues.ts';
import { isTable, parsePath, readPath } from '../../config/paths.ts';
import { parseToml } from '../../config/toml.ts';
import { accessConfig } from '../config-access.ts';
import { isKnownKey, suggestKey, unknownKey } from '../config-keys.ts';
import type { CommandContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';

export async function getConfig(context: CommandContext, key: string | undefined): Promise<number> {
  const { output } = context;
  const document = await accessConfig(context).read();
  if (key === undefined) {
    output.result(document, () => toToml(document.values));
    return EXIT.ok;
  }
  const value = readPath(document.values, parsePath(key) ?? []);
  if (!isKnownKey(key) || (value === undefined && isOfMissingAgent(key, document.values))) throw unknownKey(key);
  const source = isTable(value) ? null : (document.sources[key] ?? 'default');
  output.result({ key, value: value ?? null, source }, () => renderValue(value));
  return EXIT.ok;
}

function isOfMissingAgent(key: string, values: Readonly<Record<string, unknown>>): boolean {
  const [root, id] = parsePath(key) ?? [];
  return root === 'agents' && id !== undefined && readPath(values, ['agents', id]) === undefined;
}

function renderValue(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  return isTable(value) ? toToml(value) : JSON.stringify(value);
}

function toToml(values: Readonly<Record<string, unknown>>): string {
  const plain: unknown = JSON.parse(JSON.stringify(values, (_name, value: unknown) => (value === null ? undefined : value)));
  return stringify(plain).trimEnd();
}

/** `-` reads the value from stdin, so that a credential need not stand on a command line for all to see. */
export async function setConfig(context: CommandContext, key: string, value: string): Promise<number> {
  if (!isKnownKey(key)) throw refuseKey(key);
  const written = value === '-' ? (await text(context.host.stdin)).replace(/\r?\n$/u, '') : value;
  return change(context, key, { set: { [key]: parseValue(written) } }, 'set');
}

/** A key nobody knows would load with a warning and do nothing; writing it is a mistake. */
function refuseKey(key: string): Error {
  const { publicMessage: message } = unknownKey(key);
  const details = { severity: 'error', code: 'unknown_key', path: [key], message, suggestion: suggestKey(key) } as const;
  return invalidConfig([makeIssue('config.toml', null, key, details)]);
}

/** TOML where it is TOML, `true`, `5`, `["a"]`, else the text itself. */
function parseValue(written: string): unknown {
  const parsed = parseToml(`value = ${written}`);
  if ('problem' in parsed || Object.keys(parsed.tree).length !== 1) return written;
  return parsed.tree.value;
}

export async function unsetConfig(context: CommandContext, key: string): Promise<number> {
  const path = parsePath(key);
  if (path === undefined) throw unknownKey(key);
  return change(context, key, { unset: [key] }, 'unset');
}

async function change(context: CommandContext, key: string, patch: ConfigPatch, verb: 'set' | 'unset'): Promise<number> {
  const { output } = context;
  const report = await accessConfig(context).patch(patch);
  const isChanged = report.changed.length > 0 || report.restart_required.length > 0;
  if (!isChanged && verb === 'unset' && !isKnownKey(key)) throw unknownKey(key);
  output.result(report, () => (isChanged ? `${key} is ${verb}` : `${key} was ${verb === 'set' ? 'so already' : 'not set'}`));
  if (report.restart_required.length > 0) output.note('Works after: spacebot restart');
  return EXIT.ok;
}

export async function showConfigPath(context: CommandContext): Promise<number> {
  const path = context.remote === null ? context.instance.configFile : (await accessConfig(context).read()).path;
  context.output.result({ path }, () => path);
  return EXIT.ok;
}
