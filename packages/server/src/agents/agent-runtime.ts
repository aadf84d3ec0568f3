/** One agent at work: its spine, its prompt, and a channel for every conversation that has something to answer. */

import type { AgentConfig, ConfigSnapshot } from '../config/snapshot.ts';
import { failureNotice } from '../conversations/notices.ts';
import type { Clock } from '../core/clock.ts';
import { AppError, CancelledError, ConflictError, StorageError, ToolError } from '../core/errors.ts';
import { type AgentId, type ConversationId, type NewId, PORTAL, type TurnId, trusted } from '../core/ids.ts';
import type { EmitSignal } from '../core/live-signals.ts';
import type { Logger } from '../core/logger.ts';
import type { ConversationAddress, OutboundSignal } from '../core/messages.ts';
import type { Metrics } from '../core/metrics.ts';
import { supervise } from '../core/supervise.ts';
import type { ToolRunner } from '../core/tool.ts';
import type { ModelGateway } from '../llm/model-gateway.ts';
import type { ModelPlan } from '../llm/model-plan.ts';
import { resolveRoute } from '../llm/routing.ts';
import type { AgentSpine } from '../storage/agent/agent-spine.ts';
import type { ClaimedTurn } from '../storage/agent/claim.ts';
import type { ConversationRow } from '../storage/agent/records.ts';
import type { AgentPrompt } from './agent-prompt.ts';
import { ChannelTurn, callDraft } from './channel-turn.ts';
import { platformOf, TurnPromptBuilder } from './turn-prompt.ts';

export interface AgentServices {
  readonly gateway: ModelGateway;
  readonly runner: ToolRunner;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly emit: EmitSignal;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly snapshot: () => ConfigSnapshot;
  /** No turn of any agent may begin now. */
  readonly isInstancePaused: () => boolean;
  /** Live signals to the platform of a place; must not throw. */
  readonly signalPlace: (address: ConversationAddress, signal: OutboundSignal) => void;
}

interface RunningTurn {
  readonly turnId: string;
  readonly startedAt: number;
  readonly controller: AbortController;
}

interface Channel {
  running: RunningTurn | null;
  /** Something was accepted while the channel looked for work. */
  wokenAgain: boolean;
}

const ABORTED = 'Stopped on request.';
/** Between the first turns of two conversations when everything goes on at once, so that a resume does not burst. */
const RESUME_STEP_MS = 50;

/** Wakes on the spine's doorbell; a channel exists only while it has something to do, its memory is the store. */
export class AgentRuntime {
  readonly id: AgentId;
  readonly spine: AgentSpine;
  readonly #prompts: TurnPromptBuilder;
  readonly #services: AgentServices;
  readonly #log: Logger;
  #config: AgentConfig;
  readonly #channels = new Map<string, Channel>();
  readonly #timers = new Map<string, () => void>();
  readonly #drained = new Set<() => void>();
  #paused: boolean;
  #stopping = false;

  constructor(config: AgentConfig, spine: AgentSpine, prompt: AgentPrompt, services: AgentServices) {
    this.id = config.id;
    this.spine = spine;
    this.#config = config;
    this.#prompts = new TurnPromptBuilder(prompt, services.runner, services.clock);
    this.#services = services;
    this.#log = services.log.component(`agents.${config.id}`);
    this.#paused = spine.meta('paused') !== null;
  }

  get config(): AgentConfig {
    return this.#config;
  }

  /** The next turn uses it; a running one keeps what it began with. */
  reconfigure(config: AgentConfig): void {
    this.#config = config;
  }

  get isPaused(): boolean {
    return this.#paused;
  }

  get pauseReason(): string | null {
    return this.spine.meta('paused') || null;
  }

  /** Durable; a paused agent keeps what comes in and answers it after resume. */
  async setPaused(paused: boolean, reason: string | null): Promise<void> {
    await this.spine.setMeta('paused', paused ? (reason ?? '') : null);
    this.#paused = paused;
    if (!paused) this.resumeGently();
  }

  /** Starts every conversation that has something to run, now or when it is due. */
  resumeAll(): void {
    for (const due of this.spine.dueConversations()) this.wake(due.conversation_id, due.due_at);
  }

  /** The same after a pause: one conversation after the other, oldest first. */
  resumeGently(): void {
    const now = this.#services.clock.now();
    this.spine.dueConversations().forEach((due, index) => {
      this.wake(due.conversation_id, Math.max(due.due_at, now + index * RESUME_STEP_MS));
    });
  }

  /** The store takes writes again: turns that it threw out in mid-work are resumed, and what waited goes on. */
  async resumeAfterOutage(): Promise<void> {
    const alive = [...this.#channels.values()].flatMap(({ running }) => (running ? [running.turnId] : []));
    await this.spine.release(alive);
    this.resumeAll();
  }

  get #mayBegin(): boolean {
    return !(this.#stopping || this.#paused || this.#services.isInstancePaused());
  }

  get activeTurns(): number {
    let count = 0;
    for (const channel of this.#channels.values()) if (channel.running) count += 1;
    return count;
  }

  /** The turn that runs in a conversation now. */
  running(conversationId: string): { readonly turnId: string; readonly startedAt: number } | null {
    return this.#channels.get(conversationId)?.running ?? null;
  }

  /** Something is due at `dueAt` (milliseconds). Cheap; may be called from a commit. */
  wake(conversationId: string, dueAt: number): void {
    if (this.#stopping) return;
    const wait = dueAt - this.#services.clock.now();
    if (wait > 0) {
      this.#wakeLater(conversationId, wait);
      return;
    }
    const channel = this.#channels.get(conversationId);
    if (channel) channel.wokenAgain = true;
    else supervise(this.#log, 'channel', this.#runChannel(conversationId));
  }

  /** Ends the running turn's work when it is one of these; its row was ended before. */
  abort(conversationId: string, turnIds: readonly string[]): void {
    const running = this.#channels.get(conversationId)?.running;
    if (running && turnIds.includes(running.turnId)) running.controller.abort(new CancelledError(ABORTED));
  }

  /** Begins no turn any more, gives running ones the time, then lets go; what is left resumes at the next start. */
  async stop(timeoutMs: number): Promise<void> {
    this.#stopping = true;
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    if (this.#channels.size > 0) await this.#waitUntilDrained(timeoutMs);
    for (const channel of this.#channels.values()) channel.running?.controller.abort(new CancelledError('The daemon stops.'));
    if (this.#channels.size > 0) await this.#waitUntilDrained(2_000);
  }

  #waitUntilDrained(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#services.clock.schedule(timeoutMs, resolve);
      this.#drained.add(() => {
        cancel();
        resolve();
      });
    });
  }

  #wakeLater(conversationId: string, wait: number): void {
    this.#timers.get(conversationId)?.();
    const cancel = this.#services.clock.schedule(wait, () => {
      this.#timers.delete(conversationId);
      this.wake(conversationId, 0);
    });
    this.#timers.set(conversationId, cancel);
  }

  async #runChannel(conversationId: string): Promise<void> {
    const channel: Channel = { running: null, wokenAgain: false };
    this.#channels.set(conversationId, channel);
    try {
      do {
        channel.wokenAgain = false;
        while (await this.#runNextTurn(conversationId, channel)) if (this.#stopping) break;
      } while (channel.wokenAgain && !this.#stopping);
    } finally {
      this.#channels.delete(conversationId);
      if (this.#channels.size === 0) for (const done of this.#drained) done();
    }
    this.#scheduleGathering(conversationId);
  }

  /** A turn that still gathers when the channel goes idle wakes it again in time. */
  #scheduleGathering(conversationId: string): void {
    if (!this.#mayBegin) return;
    const next = this.spine.openTurns(conversationId)[0];
    if (next?.state === 'gathering' && !this.#timers.has(conversationId)) this.wake(conversationId, next.due_at);
  }

  /** Claims and runs one turn; false when nothing is due. */
  async #runNextTurn(conversationId: string, channel: Channel): Promise<boolean> {
    const conversation = this.spine.conversation(conversationId);
    if (!conversation || !this.#mayBegin || this.spine.failure) return false;
    const agent = this.#config;
    const replan = () => this.#plan(agent, conversation);
    const plan = attempt(replan);
    const first = plan instanceof AppError ? null : plan.first;
    const claimed = await this.spine.claim({
      conversationId,
      configHash: this.#services.snapshot().revision,
      model: first ? `${first.provider}/${first.model}` : '',
      call: first ? callDraft(first, conversation, null) : null,
    });
    if (!claimed) return false;
    const controller = new AbortController();
    channel.running = { turnId: claimed.turn.id, startedAt: this.#services.clock.now(), controller };
    try {
      if (plan instanceof AppError) await this.#fail(agent, claimed, plan, undefined);
      else await this.#runTurn(agent, claimed, { plan, replan }, controller.signal);
    } finally {
      channel.running = null;
    }
    return true;
  }

  #plan(agent: AgentConfig, conversation: ConversationRow): ModelPlan {
    const settings = JSON.parse(conversation.settings) as { model?: string };
    const wish = { slot: 'channel' as const, ...(settings.model === undefined ? {} : { conversationModel: settings.model }) };
    return this.#services.gateway.plan(resolveRoute(agent.settings, wish));
  }

  async #runTurn(
    agent: AgentConfig,
    claimed: ClaimedTurn,
    planned: { plan: ModelPlan; replan: () => ModelPlan },
    signal: AbortSignal,
  ): Promise<void> {
    const started = this.#services.clock.now();
    this.#showTyping(claimed, true);
    let turn: ChannelTurn | undefined;
    try {
      const prompt = await this.#prompts.build(agent, claimed);
      turn = new ChannelTurn({ spine: this.spine, ...this.#services }, { agent, claimed, prompt, ...planned }, signal);
      await turn.run();
    } catch (error) {
      if (signal.aborted) await this.#endAborted(claimed);
      else await this.#settleFailure(agent, claimed, error, turn?.failedCall);
    } finally {
      this.#showTyping(claimed, false);
      const seconds = (this.#services.clock.now() - started) / 1000;
      const labels = { agent_id: this.id, channel_type: platformOf(claimed.conversation.adapter_key) };
      this.#services.metrics.observe('message_handling_duration_seconds', labels, seconds);
    }
  }

  /** On a stop of the daemon the row stays as it is and resumes; a cancelled one was ended by whoever cancelled it. */
  async #endAborted(claimed: ClaimedTurn): Promise<void> {
    if (this.#stopping) return;
    await this.spine.endTurn({
      turnId: claimed.turn.id,
      ending: 'cancelled',
      error: { code: 'turn_cancelled', message: ABORTED },
      effects: [],
    });
  }

  async #settleFailure(agent: AgentConfig, claimed: ClaimedTurn, error: unknown, failedCall: ChannelTurn['failedCall']): Promise<void> {
    if (error instanceof StorageError && this.spine.failure) throw error;
    if (error instanceof ConflictError && error.code === 'turn_cancelled') return;
    const known = error instanceof AppError ? error : new ToolError('internal', 'Something unexpected happened inside.', { cause: error });
    if (known !== error)
      this.#log.error('a turn failed unexpectedly', { error, turn_id: claimed.turn.id, conversation_id: claimed.conversation.id });
    await this.#fail(agent, claimed, known, failedCall);
  }

  async #fail(agent: AgentConfig, claimed: ClaimedTurn, error: AppError, failedCall: ChannelTurn['failedCall']): Promise<void> {
    const text = failureNotice(error, claimed.turn.id, agent.settings.channel.show_errors);
    this.#log.warn('a turn failed', {
      turn_id: claimed.turn.id,
      conversation_id: claimed.conversation.id,
      fields: { code: error.code, message: error.publicMessage },
    });
    this.#services.metrics.count('process_errors_total', { agent_id: this.id, process_type: 'channel', error_type: error.code });
    await this.spine.endTurn({
      turnId: claimed.turn.id,
      ending: error.code === 'max_turns_reached' ? 'turn_limit' : 'failed',
      error: { code: error.code, message: error.publicMessage },
      effects: [{ type: 'notice', text, code: error.code }],
      ...(failedCall === undefined ? {} : { failedCall }),
    });
  }

  #showTyping(claimed: ClaimedTurn, typing: boolean): void {
    const { conversation, turn } = claimed;
    const conversationId = trusted<ConversationId>(conversation.id);
    this.#services.emit({ type: 'typing_state', agentId: this.id, conversationId, turnId: trusted<TurnId>(turn.id), data: { typing } });
    if (conversation.adapter_key === PORTAL) return;
    this.#services.signalPlace({ adapterKey: trusted(conversation.adapter_key), conversationId }, { type: 'typing', on: typing });
  }
}

function attempt<Value>(run: () => Value): Value | AppError {
  try {
    return run();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}
