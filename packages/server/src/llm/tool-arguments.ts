/** Turns whatever a provider sent as tool arguments into an object, or into a sentence that the model can act on (LLM-15). */

import { isObject, type JsonObject, parseJson } from './json-value.ts';

export interface ToolArguments {
  readonly arguments: JsonObject;
  readonly argumentsError?: string;
}

const NONE: ToolArguments = { arguments: {} };

/** `raw` is the JSON text as streamed; `wasCut` says that the answer stopped at its length limit. */
export function parseToolArguments(raw: string, wasCut: boolean): ToolArguments {
  if (raw.trim() === '') return NONE;
  const value = unwrap(parseJson(raw) ?? parseJson(escapeControlCharacters(raw)));
  if (value === null) return NONE;
  if (isObject(value)) return { arguments: value };
  if (wasCut)
    return { arguments: {}, argumentsError: 'The arguments broke off at the output limit. Call the tool again with less content.' };
  return { arguments: {}, argumentsError: 'The arguments are not a JSON object. Call the tool again with valid JSON.' };
}

/** Some servers encode the object twice. */
function unwrap(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  return value.trim() === '' ? null : parseJson(value);
}

/** Raw line feeds and tabs inside strings are the commonest damage; escaping them once makes the text JSON again. */
function escapeControlCharacters(text: string): string {
  let out = '';
  let from = 0;
  let inString = false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (inString && code === 92) {
      index += 1;
    } else if (code === 34) {
      inString = !inString;
    } else if (inString && code < 32) {
      out += `${text.slice(from, index)}\\u${code.toString(16).padStart(4, '0')}`;
      from = index + 1;
    }
  }
  return out + text.slice(from);
}
