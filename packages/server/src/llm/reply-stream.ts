/** Reads one string field out of tool arguments while they still arrive, so that a reply can be shown as it is written (LLM-21). */

type State = 'before' | 'key' | 'in-key' | 'colon' | 'value' | 'target' | 'string' | 'nested' | 'scalar' | 'done';

const QUOTE = 34;
const BACKSLASH = 92;
const SIMPLE_ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/**
 * Any split of the same arguments gives pieces that join to the field's value: an escape or a surrogate pair is held until it is whole. Other
 * fields, nested values among them, are passed over wherever they stand. Damaged JSON never throws; it ends the stream of text.
 */
export class ReplyStream {
  readonly #field: string;
  #state: State = 'before';
  #key = '';
  #depth = 0;
  #inNestedString = false;
  /** An escape sequence that is not complete yet. */
  #escape = '';
  /** A high surrogate whose other half has not come. */
  #held = '';

  constructor(field: string) {
    this.#field = field;
  }

  /** The field's text that `fragment` completes; often empty. */
  push(fragment: string): string {
    let out = this.#held;
    this.#held = '';
    let index = 0;
    while (index < fragment.length) {
      if (this.#state === 'target') {
        const end = this.#escape === '' ? nextSpecial(fragment, index) : index;
        out += fragment.slice(index, end);
        if (end < fragment.length) out += this.#readTarget(fragment.charAt(end));
        index = end + 1;
      } else {
        this.#skip(fragment.charAt(index));
        index += 1;
      }
    }
    if (this.#state !== 'target' || !isHighSurrogate(out)) return out;
    this.#held = out.slice(-1);
    return out.slice(0, -1);
  }

  #readTarget(character: string): string {
    if (this.#escape === '') {
      if (character === '"') this.#state = 'done';
      else this.#escape = '\\';
      return '';
    }
    this.#escape += character;
    const kind = this.#escape.charAt(1);
    if (kind === 'u' && this.#escape.length < 6) return '';
    const decoded = kind === 'u' ? String.fromCharCode(Number.parseInt(this.#escape.slice(2), 16)) : (SIMPLE_ESCAPES[kind] ?? kind);
    this.#escape = '';
    return decoded;
  }

  #skip(character: string): void {
    switch (this.#state) {
      case 'before':
        if (character === '{') this.#state = 'key';
        break;
      case 'key':
        this.#startKey(character);
        break;
      case 'in-key':
        this.#readKey(character);
        break;
      case 'colon':
        if (character === ':') this.#state = 'value';
        break;
      case 'value':
        this.#startValue(character);
        break;
      case 'string':
        if (this.#endsString(character)) this.#state = 'key';
        break;
      case 'nested':
        this.#readNested(character);
        break;
      case 'scalar':
        if (character === ',') this.#state = 'key';
        else if (character === '}') this.#state = 'done';
        break;
      case 'target':
      case 'done':
        break;
    }
  }

  #startKey(character: string): void {
    if (character === '}') this.#state = 'done';
    if (character !== '"') return;
    this.#key = '';
    this.#state = 'in-key';
  }

  #readKey(character: string): void {
    if (this.#endsString(character)) this.#state = 'colon';
    else this.#key += character;
  }

  #startValue(character: string): void {
    if (isBlank(character)) return;
    if (character === '"') {
      this.#state = this.#keyIsField() ? 'target' : 'string';
    } else if (character === '{' || character === '[') {
      this.#state = 'nested';
      this.#depth = 1;
      this.#inNestedString = false;
    } else {
      this.#state = 'scalar';
    }
  }

  /** A key may be written with escapes too. */
  #keyIsField(): boolean {
    if (!this.#key.includes('\\')) return this.#key === this.#field;
    try {
      return JSON.parse(`"${this.#key}"`) === this.#field;
    } catch {
      return false;
    }
  }

  #readNested(character: string): void {
    if (this.#inNestedString) {
      if (this.#endsString(character)) this.#inNestedString = false;
      return;
    }
    if (character === '"') this.#inNestedString = true;
    else if (character === '{' || character === '[') this.#depth += 1;
    else if (character === '}' || character === ']') this.#depth -= 1;
    if (this.#depth === 0) this.#state = 'key';
  }

  /** Follows a string that is passed over; true at its closing quote. */
  #endsString(character: string): boolean {
    if (this.#escape !== '') {
      this.#escape = '';
      return false;
    }
    if (character === '\\') this.#escape = '\\';
    return character === '"';
  }
}

function nextSpecial(text: string, from: number): number {
  for (let index = from; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === QUOTE || code === BACKSLASH) return index;
  }
  return text.length;
}

function isHighSurrogate(text: string): boolean {
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last <= 0xdbff;
}

function isBlank(character: string): boolean {
  return character === ' ' || character === '\n' || character === '\r' || character === '\t';
}
