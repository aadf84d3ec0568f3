/** Key paths: how they are written in issues and requests, and how a tree is read and walked by them. */

export type PathSegment = string | number;
export type KeyPath = readonly PathSegment[];
export type Table = { [key: string]: unknown };

const BARE_KEY = /^[A-Za-z0-9_-]+$/;

/** True for what TOML calls a table; dates, arrays and values are none. */
export function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

/** `['llm', 'pricing', 'a/b', 'x']` -> `llm.pricing."a/b".x`; numbers become `[0]`. */
export function formatPath(path: KeyPath): string {
  let text = '';
  for (const segment of path) {
    if (typeof segment === 'number') text += `[${segment}]`;
    else text += `${text === '' ? '' : '.'}${BARE_KEY.test(segment) ? segment : JSON.stringify(segment)}`;
  }
  return text;
}

/** The path as people and requests write it: an `[[agents]]` entry goes by its id where it has one. */
export function formatKeyPath(path: KeyPath, tree: unknown): string {
  const [root, index, ...rest] = path;
  if (root !== 'agents' || typeof index !== 'number') return formatPath(path);
  const id = readPath(tree, ['agents', index, 'id']);
  return typeof id === 'string' && id !== '' ? formatPath(['agents', id, ...rest]) : formatPath(path);
}

const SEGMENT = /"((?:[^"\\]|\\.)*)"|'([^']*)'|([A-Za-z0-9_-]+)|\[(\d+)\]/y;

/** Reads `a.b`, `a."b.c"` and `a[0].b`; `undefined` when the text is none of them. */
export function parsePath(text: string): PathSegment[] | undefined {
  const segments: PathSegment[] = [];
  let at = 0;
  while (at < text.length) {
    const dotted = text[at] === '.';
    if (dotted) at += 1;
    if (dotted && segments.length === 0) return undefined;
    SEGMENT.lastIndex = at;
    const match = SEGMENT.exec(text);
    if (match === null || (match[4] === undefined) !== (dotted || segments.length === 0)) return undefined;
    segments.push(match[4] === undefined ? unquote(match) : Number(match[4]));
    at = SEGMENT.lastIndex;
  }
  return segments.length === 0 ? undefined : segments;
}

function unquote(match: RegExpExecArray): string {
  if (match[1] !== undefined) return match[1].replace(/\\(.)/g, '$1');
  return match[2] ?? match[3] ?? '';
}

export function readPath(tree: unknown, path: KeyPath): unknown {
  let value = tree;
  for (const segment of path) {
    if (Array.isArray(value) && typeof segment === 'number') value = value[segment];
    else if (isTable(value) && Object.hasOwn(value, segment)) value = value[segment];
    else return undefined;
  }
  return value;
}

/** Puts `value` at `path`, making tables on the way; returns false when something else stands in the way. */
export function writePath(tree: Table, path: KeyPath, value: unknown): boolean {
  const parent = makeParents(tree, path.slice(0, -1));
  const last = path.at(-1);
  if (parent === undefined || last === undefined) return false;
  if (Array.isArray(parent)) {
    if (typeof last !== 'number' || last > parent.length) return false;
    parent[last] = value;
    return true;
  }
  parent[last] = value;
  return true;
}

function makeParents(tree: Table, path: KeyPath): Table | unknown[] | undefined {
  let current: Table | unknown[] = tree;
  for (const segment of path) {
    const next: unknown = readPath(current, [segment]);
    if (isTable(next) || Array.isArray(next)) current = next;
    else if (next === undefined && typeof segment === 'string' && isTable(current)) {
      const made: Table = {};
      current[segment] = made;
      current = made;
    } else return undefined;
  }
  return current;
}

/** Takes away what stands at `path`; returns false when nothing did. */
export function deletePath(tree: Table, path: KeyPath): boolean {
  const parent = readPath(tree, path.slice(0, -1));
  const last = path.at(-1);
  if (Array.isArray(parent) && typeof last === 'number' && last < parent.length) {
    parent.splice(last, 1);
    return true;
  }
  if (!isTable(parent) || last === undefined || !Object.hasOwn(parent, last)) return false;
  delete parent[last];
  return true;
}

/** Calls `visit` for each value that is no table and no array of tables, and for empty tables. */
export function walkLeaves(value: unknown, visit: (path: KeyPath, leaf: unknown) => void, path: KeyPath = []): void {
  if (isTable(value) && Object.keys(value).length > 0) {
    for (const [name, child] of Object.entries(value)) walkLeaves(child, visit, [...path, name]);
  } else if (Array.isArray(value) && value.length > 0 && value.every(isTable)) {
    for (const [index, child] of value.entries()) walkLeaves(child, visit, [...path, index]);
  } else visit(path, value);
}
