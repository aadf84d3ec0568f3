/** Tells a tool call that a model wrote as text from an answer that merely begins with a bracket, brace or quote. */

const TAGGED = /^<(tool_call|function_call|tool_use|invoke|function)\b[^>]*>[\s\S]*<\/\1>$/u;
const FENCE = /^```[a-z_]*\n([\s\S]*)\n```$/u;
const CALL = /^([a-z_]+)\s*\(([\s\S]*)\)$/u;
const NAME_FIELDS = ['name', 'tool', 'tool_name', 'function'] as const;
const ARGUMENT_FIELDS = ['arguments', 'args', 'parameters', 'input'] as const;

/** True when the whole text is one call (or a list of calls) of a tool that exists. */
export function isToolSyntax(text: string, toolNames: readonly string[]): boolean {
  const trimmed = text.trim();
  const body = FENCE.exec(trimmed)?.[1]?.trim() ?? trimmed;
  if (TAGGED.test(body)) return toolNames.some((name) => body.includes(name));
  const call = CALL.exec(body);
  if (call) return toolNames.includes(call[1] ?? '') && isJson(call[2] ?? '');
  const value = parseJson(body);
  const items = Array.isArray(value) ? value : [value];
  return items.length > 0 && items.every((item) => isCallObject(item, toolNames));
}

function isCallObject(value: unknown, toolNames: readonly string[]): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const fields = new Map<string, unknown>(Object.entries(value));
  const named = NAME_FIELDS.some((field) => {
    const found = fields.get(field);
    if (typeof found === 'string') return toolNames.includes(found);
    return field === 'function' && isCallObject(found, toolNames);
  });
  return named && (ARGUMENT_FIELDS.some((field) => fields.has(field)) || fields.has('function'));
}

function isJson(text: string): boolean {
  return text.trim() === '' || parseJson(text) !== undefined;
}

function parseJson(text: string): unknown {
  if (!/^[[{]/u.test(text.trim())) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
