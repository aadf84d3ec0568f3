/** When Anthropic's extended thinking may be asked for, and with how many tokens. */

import type { LlmMessage, ThinkingEffort } from '../../../core/llm.ts';

const BUDGETS: Record<ThinkingEffort, number> = { auto: 0, none: 0, low: 2_048, medium: 8_192, high: 24_576 };
/** The provider's minimum, and what an answer needs beside it. */
const MIN_BUDGET = 1_024;

/** Tokens, always below `maxOutputTokens`, which also counts thinking; `null` = do not think. */
export function thinkingBudget(effort: ThinkingEffort | undefined, maxOutputTokens: number): number | null {
  const wished = BUDGETS[effort ?? 'auto'];
  const budget = Math.min(wished, maxOutputTokens - MIN_BUDGET);
  return wished === 0 || budget < MIN_BUDGET ? null : budget;
}

/** While a turn runs through its tools, every step of it must carry its signed thinking; steps of another provider have none. */
export function canThink(messages: readonly LlmMessage[], provider: string): boolean {
  const start = messages.findLastIndex((message) => message.role === 'user');
  return messages.slice(start + 1).every((message) => {
    if (message.role !== 'assistant') return true;
    return message.content.some(
      (part) => part.type === 'reasoning' && part.provider === provider && (part.signature !== undefined || part.redacted !== undefined),
    );
  });
}
