/** Precedence in one place: later layers win, tables merge key by key, arrays replace, and each value knows where it came from. */

import { isDeepStrictEqual } from 'node:util';
import { formatPath, isTable, type KeyPath, type Table, walkLeaves } from './paths.ts';
import type { ValueSource } from './snapshot.ts';

export interface Layer {
  readonly source: ValueSource;
  readonly values: Table;
}

export interface MergedLayers {
  readonly values: Table;
  /** By dotted path; a path that is absent has the built-in default. */
  readonly sources: Readonly<Record<string, ValueSource>>;
}

/** `layers` from weakest to strongest: environment, `[defaults]`, `[[agents]]` table, binding, conversation. */
export function mergeLayers(layers: readonly Layer[]): MergedLayers {
  let values: Table = {};
  const sources: Record<string, ValueSource> = {};
  for (const layer of layers) {
    values = mergeTables(values, layer.values);
    walkLeaves(layer.values, (path) => {
      sources[formatPath(path)] = layer.source;
    });
  }
  return { values, sources };
}

export function mergeTables(below: Table, above: Table): Table {
  const merged: Table = { ...below };
  for (const [name, value] of Object.entries(above)) {
    const lower = merged[name];
    merged[name] = isTable(lower) && isTable(value) ? mergeTables(lower, value) : value;
  }
  return merged;
}

/** Dotted paths of the leaves that differ; an array counts as one leaf. */
export function diffTrees(before: unknown, after: unknown, path: KeyPath = []): string[] {
  if (isTable(before) && isTable(after)) {
    const names = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...names].flatMap((name) => diffTrees(before[name], after[name], [...path, name]));
  }
  const isWholeAgent = path.length === 2 && path[0] === 'agents';
  if (!isWholeAgent && isTable(before) && after === undefined) return diffTrees(before, {}, path);
  if (!isWholeAgent && isTable(after) && before === undefined) return diffTrees({}, after, path);
  return isDeepStrictEqual(before, after) ? [] : [formatPath(path)];
}
