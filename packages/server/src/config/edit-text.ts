/** Changes TOML text so that comments, order and spelling of everything else stay as they are. */

import { isDeepStrictEqual } from 'node:util';
import { parse, patch } from '@decimalturn/toml-patch';
import { stringify } from 'smol-toml';
import { ConfigError } from '../core/errors.ts';
import { deletePath, isTable, type Table } from './paths.ts';
import { locateHeaders } from './positions.ts';
import { parseToml } from './toml.ts';

/** `change` gets the tree of `text` and edits it in place. Throws ConfigError when the result would not say the same. */
export function editText(text: string, change: (tree: Table) => unknown): string {
  const tree: unknown = parse(text);
  if (!isTable(tree)) throw notWritable();
  change(tree);
  const edited = tryPatch(text, tree) ?? tryPatch(rewriteEntries(text, tree), tree);
  if (edited === undefined) throw notWritable();
  return edited;
}

/** The library loses its way in some changes to arrays of tables; nothing that says something else is let through. */
function tryPatch(text: string, tree: Table): string | undefined {
  try {
    const edited = patch(text, tree, { inlineTableStart: 3 });
    const check = parseToml(edited);
    return 'tree' in check && isDeepStrictEqual(toPlain(check.tree), toPlain(tree)) ? edited : undefined;
  } catch {
    return undefined;
  }
}

/** Writes each changed list of tables anew, at the end of the file. */
function rewriteEntries(text: string, tree: Table): string {
  let rewritten = text;
  const before = parse(text);
  for (const name of new Set([...Object.keys(before), ...Object.keys(tree)])) {
    const old: unknown = before[name];
    const wanted: unknown = tree[name];
    if ((!isEntryList(old) && !isEntryList(wanted)) || isInline(text, name)) continue;
    if (isDeepStrictEqual(toPlain({ list: old }), toPlain({ list: wanted }))) continue;
    if (isEntryList(old)) for (let index = old.length - 1; index >= 0; index -= 1) rewritten = removeEntry(rewritten, name, index);
    if (isEntryList(wanted)) for (const entry of wanted) rewritten = appendEntry(rewritten, name, entry);
  }
  return rewritten;
}

function isEntryList(value: unknown): value is Table[] {
  return Array.isArray(value) && value.length > 0 && value.every(isTable);
}

/** Adds one entry to the list of tables `name`, as `[[name]]` at the end of the text. */
export function appendEntry(text: string, name: string, entry: Table): string {
  if (isInline(text, name)) return editText(text, (tree) => isEntryList(tree[name]) && tree[name].push(entry));
  const body = text.trimEnd();
  return `${body}${body === '' ? '' : '\n\n'}${stringify({ [name]: [entry] }).trim()}\n`;
}

/** True for `name = [{ ... }]`. */
function isInline(text: string, name: string): boolean {
  const parsed = parseToml(text);
  const isWritten = 'tree' in parsed && parsed.tree[name] !== undefined;
  return isWritten && !locateHeaders(text).some(({ path }) => path[0] === name && path[1] === 0);
}

/** Takes out the `[[name]]` entry at `index` with its sub-tables and the comments that stand right above them. */
export function removeEntry(text: string, name: string, index: number): string {
  if (isInline(text, name)) return editText(text, (tree) => deletePath(tree, [name, index]));
  const lines = text.split('\n');
  const starts = locateHeaders(text).map((header) => ({ ...header, start: firstOwnLine(lines, header.line - 1) }));
  const kept = lines.slice(0, starts[0]?.start ?? lines.length);
  for (const [position, { path, start }] of starts.entries()) {
    if (path[0] !== name || path[1] !== index) kept.push(...lines.slice(start, starts[position + 1]?.start ?? lines.length));
  }
  return `${kept.join('\n').trimEnd()}\n`;
}

function firstOwnLine(lines: readonly string[], header: number): number {
  let start = header;
  while (start > 0 && lines[start - 1]?.trimStart().startsWith('#')) start -= 1;
  return start;
}

function notWritable(): ConfigError {
  return new ConfigError('config_write_failed', 'The change could not be written without touching other keys; edit the file by hand.');
}

/** The two parsers differ in prototypes and date classes, not in what they read. */
function toPlain(tree: Table): unknown {
  return JSON.parse(JSON.stringify(tree, (_name, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value)));
}
