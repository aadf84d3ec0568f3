/** Estimates tokens before a call; exact counts come from the provider afterwards. */

import type { LlmMessage, LlmRequest, SystemSection, ToolSchema } from '../core/llm.ts';

/** What each message costs beside its text, and what an image costs at the usual size. */
const MESSAGE_TOKENS = 4;
const IMAGE_TOKENS = 1_500;

export interface TokenEstimator {
  /** Tokens of a text. */
  text(text: string): number;
  message(message: LlmMessage): number;
  /** Tokens of the whole prompt; sections and tools are counted once per object. */
  request(request: Pick<LlmRequest, 'system' | 'tools' | 'messages'>): number;
}

let loading: Promise<TokenEstimator> | null = null;

/** Loads the estimator on first use (its tables cost memory that an idle daemon does not need). */
export function loadTokenEstimator(): Promise<TokenEstimator> {
  loading ??= import('tokenx').then(({ estimateTokenCount }) => createTokenEstimator((text) => estimateTokenCount(text)));
  return loading;
}

export function createTokenEstimator(count: (text: string) => number): TokenEstimator {
  const sections = new WeakMap<SystemSection, number>();
  const toolLists = new WeakMap<readonly ToolSchema[], number>();
  const message = (value: LlmMessage) => MESSAGE_TOKENS + value.content.reduce((sum: number, part) => sum + countPart(part, count), 0);
  return {
    text: count,
    message,
    request({ system, tools, messages }) {
      const fixed = system.reduce((sum, section) => sum + remember(sections, section, () => count(section.text)), 0);
      const schemas = tools.length === 0 ? 0 : remember(toolLists, tools, () => count(JSON.stringify(tools)));
      return fixed + schemas + messages.reduce((sum, value) => sum + message(value), 0);
    },
  };
}

function countPart(part: LlmMessage['content'][number], count: (text: string) => number): number {
  switch (part.type) {
    case 'text':
      return count(part.text);
    case 'image':
      return IMAGE_TOKENS;
    case 'reasoning':
      return count(part.text);
    case 'tool-call':
      return count(part.name) + count(JSON.stringify(part.arguments));
    case 'tool-result':
      return part.content.reduce((sum, inner) => sum + countPart(inner, count), MESSAGE_TOKENS);
  }
}

function remember<Key extends object>(cache: WeakMap<Key, number>, key: Key, measure: () => number): number {
  const known = cache.get(key);
  if (known !== undefined) return known;
  const tokens = measure();
  cache.set(key, tokens);
  return tokens;
}
