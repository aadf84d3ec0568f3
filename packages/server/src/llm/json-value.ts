/** Reading foreign JSON: every accessor takes `unknown` and answers with a safe default, so that a malformed body can never throw. */

export type JsonObject = Readonly<Record<string, unknown>>;

const EMPTY: JsonObject = {};
const NOTHING: readonly unknown[] = [];

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function toObject(value: unknown): JsonObject {
  return isObject(value) ? value : EMPTY;
}

export function toArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : NOTHING;
}

export function toText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** A finite count of at least 0; anything else is 0. */
export function toCount(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? Math.floor(value) : 0;
}

/** `undefined` when the text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
