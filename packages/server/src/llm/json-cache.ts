/** JSON texts of values that come again with every call, such as the static prompt and the tool list, made once per object. */

export class JsonCache<Value extends object> {
  readonly #texts = new WeakMap<Value, string>();
  readonly #encode: (value: Value) => string;

  constructor(encode: (value: Value) => string) {
    this.#encode = encode;
  }

  get(value: Value): string {
    const known = this.#texts.get(value);
    if (known !== undefined) return known;
    const text = this.#encode(value);
    this.#texts.set(value, text);
    return text;
  }
}
