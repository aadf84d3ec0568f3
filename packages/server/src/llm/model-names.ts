/** Model strings: `provider/model`, split at the first slash (LLM-2). */

import { suggestName } from '../config/issues.ts';

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
  const found: string[] = [];
  while (found.length < 3) {
    const next = suggestName(
      wrong,
      known.filter((name) => !found.includes(name)),
    );
    if (next === undefined) break;
    found.push(next);
  }
  return found;
}
