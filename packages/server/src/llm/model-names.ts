/** Model strings: `provider/model`, split at the first slash (LLM-2). */

export interface ModelName {
  readonly provider: string;
  readonly model: string;
}

const DEFAULT_PROVIDER = 'anthropic';
const ALIASES: Readonly<Record<string, string>> = { zai: 'zhipu' };

/** Without a slash the provider is anthropic. The provider keeps its spelling: a custom id may hold `_`. */
export function parseModelName(text: string): ModelName {
  const slash = text.indexOf('/');
  return slash === -1 ? { provider: DEFAULT_PROVIDER, model: text } : { provider: text.slice(0, slash), model: text.slice(slash + 1) };
}

export function formatModelName({ provider, model }: ModelName): string {
  return `${provider}/${model}`;
}

/** The spelling of a built-in id: `opencode_zen` means `opencode-zen`, `zai` means `zhipu`. */
export function normalizeProviderId(id: string): string {
  const dashed = id.replaceAll('_', '-');
  return ALIASES[dashed] ?? dashed;
}

/** Up to three names near enough to have been meant, nearest first. */
export function closeMatches(wrong: string, known: readonly string[]): string[] {
  const limit = Math.max(2, Math.floor(wrong.length / 3));
  return known
    .map((name) => ({ name, distance: editDistance(wrong.toLowerCase(), name.toLowerCase()) }))
    .filter(({ distance }) => distance <= limit)
    .sort((left, right) => left.distance - right.distance)
    .slice(0, 3)
    .map(({ name }) => name);
}

/** Levenshtein distance, two rows. */
function editDistance(left: string, right: string): number {
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const replaced = (previous[column - 1] ?? 0) + (left[row - 1] === right[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[right.length] ?? 0;
}
