/** Finds where each key and value stands in a TOML text that is already known to be valid. */

import { formatPath, type KeyPath, type PathSegment } from './paths.ts';

/** 1-based; columns count UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

interface KeyPosition {
  readonly key: Position;
  readonly value: Position;
}

export interface Positions {
  /** Of the key or table at `path`, or of the nearest one around it; line 1, column 1 for an empty file. */
  find(path: readonly PathSegment[]): KeyPosition;
}

export interface TableHeader {
  readonly path: KeyPath;
  /** 1-based. */
  readonly line: number;
}

/** Every `[table]` and `[[table]]` line in order; entries of arrays with their index. */
export function locateHeaders(text: string): readonly TableHeader[] {
  return new Scanner(text).scan().headers;
}

export function locateKeys(text: string): Positions {
  const { found } = new Scanner(text).scan();
  const start: Position = { line: 1, column: 1 };
  return {
    find(path) {
      for (let length = path.length; length > 0; length -= 1) {
        const position = found.get(formatPath(path.slice(0, length)));
        if (position !== undefined) return position;
      }
      return { key: start, value: start };
    },
  };
}

const WHITE_SPACE = /[ \t]*/y;
const BARE_PART = /[A-Za-z0-9_-]+/y;
const SCALAR = /[^,\]}#\r\n]+/y;
const BLANK = /(?:[ \t\r\n]|#[^\n]*)*/y;

/** Walks keys, strings and brackets; numbers, dates and booleans are skipped as they stand. */
class Scanner {
  readonly #text: string;
  readonly #found = new Map<string, KeyPosition>();
  readonly #headers: TableHeader[] = [];
  readonly #arrayLengths = new Map<string, number>();
  readonly #lineStarts: number[] = [0];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) this.#lineStarts.push(at + 1);
  }

  scan(): { readonly found: ReadonlyMap<string, KeyPosition>; readonly headers: readonly TableHeader[] } {
    if (this.#text.startsWith('\uFEFF')) this.#at = 1;
    let table: PathSegment[] = [];
    for (this.#skip(BLANK); this.#at < this.#text.length; this.#skip(BLANK)) {
      if (this.#text[this.#at] === '[') table = this.#readHeader();
      else this.#readPair(table);
    }
    return { found: this.#found, headers: this.#headers };
  }

  #readHeader(): PathSegment[] {
    const isArray = this.#text.startsWith('[[', this.#at);
    this.#at += isArray ? 2 : 1;
    this.#skip(WHITE_SPACE);
    const start = this.#at;
    const names = this.#readKey();
    this.#at = this.#text.indexOf(']', this.#at) + (isArray ? 2 : 1);
    const path = this.#throughArrays(names, isArray);
    if (isArray) {
      const list = formatPath(path);
      const index = this.#arrayLengths.get(list) ?? 0;
      this.#arrayLengths.set(list, index + 1);
      this.#mark(path, start, start);
      path.push(index);
    }
    this.#mark(path, start, start);
    this.#headers.push({ path, line: this.#position(start).line });
    return path;
  }

  /** A header that passes through an array of tables means its last entry. */
  #throughArrays(names: readonly string[], isArray: boolean): PathSegment[] {
    const path: PathSegment[] = [];
    for (const [position, name] of names.entries()) {
      path.push(name);
      const length = this.#arrayLengths.get(formatPath(path));
      const isOwnName = isArray && position === names.length - 1;
      if (length !== undefined && !isOwnName) path.push(length - 1);
    }
    return path;
  }

  #readPair(table: readonly PathSegment[]): void {
    const start = this.#at;
    const names = this.#readKey();
    this.#at = this.#text.indexOf('=', this.#at) + 1;
    this.#skip(WHITE_SPACE);
    const path = [...table, ...names];
    for (let length = table.length + 1; length <= path.length; length += 1) this.#mark(path.slice(0, length), start, this.#at);
    this.#readValue(path);
  }

  #readKey(): string[] {
    const names: string[] = [];
    for (;;) {
      names.push(this.#readKeyPart());
      this.#skip(WHITE_SPACE);
      if (this.#text[this.#at] !== '.') return names;
      this.#at += 1;
      this.#skip(WHITE_SPACE);
    }
  }

  #readKeyPart(): string {
    const start = this.#at;
    const quote = this.#text[start];
    if (quote === '"' || quote === "'") {
      this.#skipString();
      const raw = this.#text.slice(start + 1, this.#at - 1);
      return quote === '"' ? unescapeBasic(raw) : raw;
    }
    this.#skip(BARE_PART);
    if (this.#at === start) throw new Error(`no key at offset ${start}`);
    return this.#text.slice(start, this.#at);
  }

  #readValue(path: readonly PathSegment[]): void {
    const first = this.#text[this.#at];
    if (first === '"' || first === "'") this.#skipString();
    else if (first === '[') this.#readArray(path);
    else if (first === '{') this.#readInlineTable(path);
    else this.#skip(SCALAR);
  }

  #readArray(path: readonly PathSegment[]): void {
    this.#at += 1;
    for (let index = 0; this.#next(']'); index += 1) {
      const item = [...path, index];
      this.#mark(item, this.#at, this.#at);
      this.#readValue(item);
    }
  }

  #readInlineTable(path: readonly PathSegment[]): void {
    this.#at += 1;
    while (this.#next('}')) this.#readPair(path);
  }

  /** Moves to the next item of a bracket; false, and past it, at its end. */
  #next(close: string): boolean {
    this.#skip(BLANK);
    while (this.#text[this.#at] === ',') {
      this.#at += 1;
      this.#skip(BLANK);
    }
    if (this.#at < this.#text.length && this.#text[this.#at] !== close) return true;
    this.#at += 1;
    return false;
  }

  #skipString(): void {
    const quote = this.#text[this.#at] ?? '';
    const isLong = this.#text.startsWith(quote.repeat(3), this.#at);
    const close = isLong ? quote.repeat(3) : quote;
    this.#at += close.length;
    while (this.#at < this.#text.length && !this.#text.startsWith(close, this.#at)) {
      this.#at += quote === '"' && this.#text[this.#at] === '\\' ? 2 : 1;
    }
    this.#at += close.length;
    // A long string may end in up to two quotes of its own before the closing three.
    while (isLong && this.#text[this.#at] === quote) this.#at += 1;
  }

  #skip(pattern: RegExp): void {
    pattern.lastIndex = this.#at;
    if (pattern.test(this.#text)) this.#at = pattern.lastIndex;
  }

  #mark(path: readonly PathSegment[], key: number, value: number): void {
    const name = formatPath(path);
    if (!this.#found.has(name)) this.#found.set(name, { key: this.#position(key), value: this.#position(value) });
  }

  #position(offset: number): Position {
    let low = 0;
    let high = this.#lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#lineStarts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (this.#lineStarts[low] ?? 0) + 1 };
  }
}

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = { b: '\b', t: '\t', n: '\n', f: '\f', r: '\r', e: '\u001b' };

function unescapeBasic(raw: string): string {
  return raw.replace(/\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|x([0-9a-fA-F]{2})|(.))/g, (_match, short, long, byte, simple) => {
    const digits: string | undefined = short ?? long ?? byte;
    if (digits !== undefined) return String.fromCodePoint(Number.parseInt(digits, 16));
    return SIMPLE_ESCAPES[simple] ?? simple;
  });
}
