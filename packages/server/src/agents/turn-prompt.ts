/** What one turn sends to the model, put together from the agent's prompt, the claimed messages and the tools of a channel. */

import type { AgentConfig } from '../config/snapshot.ts';
import { buildMessages } from '../conversations/context-builder.ts';
import type { Clock } from '../core/clock.ts';
import type { ToolSchema } from '../core/llm.ts';
import type { Place } from '../core/messages.ts';
import type { ToolRunner } from '../core/tool.ts';
import { loadTokenEstimator, type TokenEstimator } from '../llm/token-estimate.ts';
import type { ClaimedTurn } from '../storage/agent/claim.ts';
import type { AgentPrompt } from './agent-prompt.ts';
import type { TurnPrompt } from './channel-turn.ts';
import { PROCESS_PROFILES } from './process-profiles.ts';

export class TurnPromptBuilder {
  readonly #prompt: AgentPrompt;
  readonly #runner: ToolRunner;
  readonly #clock: Clock;
  #tools: readonly ToolSchema[] | null = null;

  constructor(prompt: AgentPrompt, runner: ToolRunner, clock: Clock) {
    this.#prompt = prompt;
    this.#runner = runner;
    this.#clock = clock;
  }

  /** Rejects with `StorageError` when an identity file cannot be read. */
  async build(agent: AgentConfig, claimed: ClaimedTurn): Promise<TurnPrompt> {
    const estimator = await loadTokenEstimator();
    const { conversation, turn } = claimed;
    const place = JSON.parse(conversation.place) as Place;
    const at = { platform: platformOf(conversation.adapter_key), name: conversation.display_name, place };
    const system = await this.#prompt.sections(agent, at);
    const tools = this.#toolSchemas();
    const { maxOutputTokens, maxTurns } = PROCESS_PROFILES.channel;
    const messages = buildMessages({
      history: claimed.history,
      historyCut: claimed.historyCut,
      turnId: turn.id,
      isDirect: place.isDirect,
      now: this.#clock.now(),
      timezone: agent.settings.user_timezone,
      statusText: conversation.status_text,
      budget: messageBudget(agent, estimator, { system, tools, messages: [] }, maxOutputTokens),
      estimate: estimator.text,
    });
    return { system, messages, tools, maxOutputTokens, maxTurns: maxTurns(agent.settings) };
  }

  /** One array for every turn, so that its JSON and its estimate are made once. */
  #toolSchemas(): readonly ToolSchema[] {
    this.#tools ??= this.#runner.available('channel').map((tool) => tool.schema());
    return this.#tools;
  }
}

/** The platform part of an adapter key. */
export function platformOf(adapterKey: string): string {
  return adapterKey.split(':', 1)[0] ?? adapterKey;
}

/** Window minus fixed prompt and answer; never less than a usable rest. */
function messageBudget(
  agent: AgentConfig,
  estimator: TokenEstimator,
  fixed: Parameters<TokenEstimator['request']>[0],
  maxOutputTokens: number,
): number {
  return Math.max(1_000, agent.settings.context_window - maxOutputTokens - estimator.request(fixed));
}
