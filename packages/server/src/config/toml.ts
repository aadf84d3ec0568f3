/** Reads TOML text into a plain tree with positions, or says where it is broken. */

import { parse, TomlError } from 'smol-toml';
import type { Table } from './paths.ts';
import { locateKeys, type Position, type Positions } from './positions.ts';

export interface ParsedToml {
  readonly tree: Table;
  /** Made when first asked for: a file without issues needs none. */
  readonly positions: () => Positions;
}

export interface TomlSyntaxProblem {
  readonly problem: string;
  readonly position: Position;
}

export function parseToml(text: string): ParsedToml | TomlSyntaxProblem {
  try {
    const tree = parse(text, { integersAsBigInt: 'asNeeded', unsafeKeyBehaviour: 'throw' });
    let positions: Positions | undefined;
    return {
      tree,
      positions: () => {
        positions ??= locateKeys(text);
        return positions;
      },
    };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    return { problem: firstSentence(error.message), position: { line: error.line, column: error.column } };
  }
}

/** The library adds an excerpt of the file, which may show a credential. */
function firstSentence(message: string): string {
  const [line = message] = message.split('\n');
  return line.replace(/^Invalid TOML document: /, '');
}
