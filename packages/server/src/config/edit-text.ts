/** Changes TOML text so that comments, order and spelling of everything else stay as they are. */

import { isDeepStrictEqual } from 'node:util';
import { parse, patch } from '@decimalturn/toml-patch';
import { ConfigError } from '../core/errors.ts';
import { isTable, type Table } from './paths.ts';
import { parseToml } from './toml.ts';

/** `change` gets the tree of `text` and edits it in place. Throws ConfigError when the result would not say the same. */
export function editText(text: string, change: (tree: Table) => void): string {
  const tree: unknown = parse(text);
  if (!isTable(tree)) throw new ConfigError('internal', 'The configuration could not be edited.');
  change(tree);
  const edited = patch(text, tree, { inlineTableStart: 3 });
  const check = parseToml(edited);
  if ('problem' in check || !isDeepStrictEqual(toPlain(check.tree), toPlain(tree))) {
    throw new ConfigError('config_write_failed', 'The change could not be written without touching other keys; edit the file by hand.');
  }
  return edited;
}

/** The two parsers differ in prototypes and date classes, not in what they read. */
function toPlain(tree: Table): unknown {
  return JSON.parse(JSON.stringify(tree, (_name, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value)));
}
