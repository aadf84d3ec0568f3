/** Which model a process should ask: conversation, then task, then the process slot of its agent; agent and instance are already merged (LLM-4). */

import type { AgentSettings } from '../config/snapshot.ts';
import type { ThinkingEffort } from '../core/llm.ts';

export type ModelSlot = 'channel' | 'branch' | 'worker' | 'compactor' | 'cortex' | 'voice';

export interface RouteWish {
  readonly slot: ModelSlot;
  /** Key of `routing.task_overrides`. */
  readonly task?: string;
  /** The conversation's own setting. */
  readonly conversationModel?: string;
}

export interface ModelRoute {
  /** Model string; `null` = the first configured provider's default. */
  readonly model: string | null;
  /** The conversation named the model itself; what a run routes otherwise does not touch it. */
  readonly isOwnChoice?: boolean;
  /** By model string. */
  readonly fallbacks: Readonly<Record<string, readonly string[]>>;
  readonly cooldownMs: number;
  readonly thinkingEffort: ThinkingEffort;
}

export function resolveRoute(settings: Pick<AgentSettings, 'routing'>, wish: RouteWish): ModelRoute {
  const { routing } = settings;
  const task = wish.task === undefined ? undefined : routing.task_overrides[wish.task];
  return {
    model: wish.conversationModel ?? task ?? routing[wish.slot] ?? null,
    isOwnChoice: wish.conversationModel !== undefined,
    fallbacks: routing.fallbacks,
    cooldownMs: routing.rate_limit_cooldown_secs * 1000,
    thinkingEffort: routing[`${wish.slot}_thinking_effort`],
  };
}
