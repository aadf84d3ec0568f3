/** One turn of a channel: from the claimed input to its stored end, whatever happens on the way. */

import type { AgentConfig } from '../config/snapshot.ts';
import type { Clock } from '../core/clock.ts';
import { LlmError, ToolError } from '../core/errors.ts';
import { type ConversationId, type NewId, type TurnId, trusted } from '../core/ids.ts';
import type { EmitSignal } from '../core/live-signals.ts';
import type { LlmMessage, LlmResponse, SystemSection, ToolCallPart, ToolSchema } from '../core/llm.ts';
import type { Metrics } from '../core/metrics.ts';
import type { Tool, ToolResult, ToolRunner, TurnSink } from '../core/tool.ts';
import { ModelCallError, type ModelGateway } from '../llm/model-gateway.ts';
import type { ModelPlan } from '../llm/model-plan.ts';
import type { AgentSpine } from '../storage/agent/agent-spine.ts';
import type { ClaimedTurn } from '../storage/agent/claim.ts';
import type { TurnEffect } from '../storage/agent/effects.ts';
import type { ModelCallDraft } from '../storage/agent/model-calls.ts';
import type { AnswerInput, EndCallInput, PlannedCall } from '../storage/agent/turn-calls.ts';
import type { EndTurnInput, TurnEnding } from '../storage/agent/turn-end.ts';
import { type LoopPorts, runAgentLoop, type StepOutcome, textOf, type Verdict } from './agent-loop.ts';
import { AnswerStream } from './answer-stream.ts';
import { ReplyDraft } from './reply-draft.ts';
import { isToolSyntax } from './tool-syntax.ts';
import { askAgain, readResumePoint, resultOfRow, storedResult, toolResult } from './turn-history.ts';

export interface TurnServices {
  readonly spine: AgentSpine;
  readonly gateway: ModelGateway;
  readonly runner: ToolRunner;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly emit: EmitSignal;
  readonly metrics: Metrics;
}

export interface TurnPrompt {
  readonly system: readonly SystemSection[];
  readonly messages: readonly LlmMessage[];
  /** The same array for every turn, so that its JSON is made once. */
  readonly tools: readonly ToolSchema[];
  readonly maxOutputTokens: number;
  readonly maxTurns: number;
}

/** How often a model is asked again when it wrote a tool call as text, or nothing at all. */
const MAX_ASK_AGAIN = 2;

export class ChannelTurn {
  readonly #services: TurnServices;
  readonly #agent: AgentConfig;
  readonly #claimed: ClaimedTurn;
  readonly #prompt: TurnPrompt;
  readonly #replan: () => ModelPlan;
  readonly #signal: AbortSignal;
  readonly #draft: ReplyDraft;
  #plan: ModelPlan;
  /** Step whose call `claim` has recorded. */
  readonly #reservedStep: number;
  #effects: TurnEffect[] = [];
  #hasReacted: boolean;
  #asksAgain = 0;
  #reasoningIndex = 0;
  #failedCall: EndTurnInput['failedCall'];
  /** An answer of plain text, stored together with the end of the turn. */
  #finalAnswer: AnswerInput | null = null;
  #endedBy: TurnEnding | null = null;
  #isClosed = false;

  constructor(
    services: TurnServices,
    turn: { agent: AgentConfig; claimed: ClaimedTurn; prompt: TurnPrompt; plan: ModelPlan; replan: () => ModelPlan },
    signal: AbortSignal,
  ) {
    this.#services = services;
    this.#agent = turn.agent;
    this.#claimed = turn.claimed;
    this.#prompt = turn.prompt;
    this.#plan = turn.plan;
    this.#replan = turn.replan;
    this.#signal = signal;
    this.#reservedStep = readResumePoint(turn.claimed.steps, turn.claimed.calls).firstStep;
    this.#hasReacted = turn.claimed.calls.some((call) => call.tool === 'react' && call.state === 'done');
    this.#draft = new ReplyDraft(services.newId, services.emit, this.#source());
  }

  /** The attempt that could not be answered, to be settled with the end of the turn. */
  get failedCall(): EndTurnInput['failedCall'] {
    return this.#failedCall;
  }

  /** Runs to the end and stores it. Throws what the caller has to decide about: cancellation, storage, a model that failed. */
  async run(): Promise<void> {
    const resume = readResumePoint(this.#claimed.steps, this.#claimed.calls);
    const input = {
      messages: [...this.#prompt.messages, ...resume.messages],
      firstStep: resume.firstStep,
      stored: resume.stored,
      maxTurns: this.#prompt.maxTurns,
    };
    const ending = await runAgentLoop(input, this.#ports());
    if (this.#isClosed) return;
    if (ending === 'turn-limit') throw new ToolError('max_turns_reached', `No answer after ${this.#prompt.maxTurns} steps.`);
    if (this.#finalAnswer) await this.#endWithText(this.#finalAnswer);
    else await this.#end(this.#endedBy ?? 'skipped');
  }

  #ports(): LoopPorts {
    return {
      ask: (step, messages) => this.#ask(step, messages),
      act: (step, response, calls) => this.#act(step, response, calls),
      judge: (step, response) => this.#judge(step, response),
    };
  }

  async #ask(step: number, messages: readonly LlmMessage[]): Promise<LlmResponse> {
    const firstNumber = await this.#reserve(step);
    const ledger = {
      firstNumber,
      retry: async (
        _failed: unknown,
        outcome: NonNullable<EndTurnInput['failedCall']>['outcome'],
        next: { provider: string; model: string },
      ) => {
        await this.#services.spine.retryCall(this.#turnId, step, outcome, this.#callDraft(next));
      },
    };
    const { system, tools, maxOutputTokens } = this.#prompt;
    const events = this.#services.gateway.stream(this.#plan, { system, tools, maxOutputTokens, messages }, ledger, this.#signal);
    const stream = new AnswerStream({ onText: (text) => this.#draft.show(text), onReasoning: (text) => this.#showReasoning(text) });
    const started = this.#services.clock.now();
    try {
      const response = await stream.read(events);
      this.#countCall('ok', started, response);
      return response;
    } catch (error) {
      if (error instanceof ModelCallError) this.#failedCall = { step, outcome: error.outcome };
      this.#countCall(error instanceof LlmError ? error.kind : 'cancelled', started, null);
      throw error;
    }
  }

  async #reserve(step: number): Promise<number> {
    if (step === this.#reservedStep) return this.#claimed.attempt;
    this.#plan = this.#replan();
    return this.#services.spine.reserve(this.#turnId, step, this.#callDraft(this.#plan.first));
  }

  async #judge(step: number, response: LlmResponse): Promise<Verdict> {
    const text = textOf(response);
    const answer = this.#answerInput(step, response, []);
    if (
      text !== '' &&
      !isToolSyntax(
        text,
        this.#prompt.tools.map((tool) => tool.name),
      )
    ) {
      this.#finalAnswer = answer;
      return { accept: true };
    }
    await this.#services.spine.answer(answer);
    if (text === '' && this.#hasReacted) {
      this.#endedBy = 'reacted';
      return { accept: true };
    }
    this.#asksAgain += 1;
    if (this.#asksAgain > MAX_ASK_AGAIN) {
      throw new LlmError('bad_response', 'The model gave no usable answer.', {
        provider: this.#plan.first.provider,
        model: this.#plan.first.model,
      });
    }
    return { accept: false, askAgain: askAgain(response) };
  }

  async #act(step: number, response: LlmResponse, calls: readonly ToolCallPart[]): Promise<StepOutcome> {
    const known = this.#claimed.calls.filter((call) => call.step_n === step);
    const only = calls.length === 1 && known.length === 0 ? calls[0] : undefined;
    if (only && (only.name === 'reply' || only.name === 'skip')) return this.#actAndEnd(step, response, only);
    const keys =
      known.length > 0 ? known.map((call) => call.key) : await this.#services.spine.answer(this.#answerInput(step, response, calls));
    const results = [];
    for (const [index, call] of calls.entries()) {
      const row = known[index];
      if (row && row.state !== 'planned') {
        this.#noteEnding(storedResult(row)?.ends);
        results.push(resultOfRow(row));
        continue;
      }
      const result = await this.#runCall(call);
      await this.#services.spine.endCall({ turnId: this.#turnId, key: keys[index] ?? '', ...this.#endOfCall(result) });
      results.push(toolResult(call.id, call.name, result.text, result.isError));
    }
    await this.#services.spine.endStep(this.#turnId, step);
    return { results, ends: this.#endedBy !== null };
  }

  /** The usual turn: one call that ends it. Answer, result, message and end share one commit. */
  async #actAndEnd(step: number, response: LlmResponse, call: ToolCallPart): Promise<StepOutcome> {
    const result = await this.#runCall(call);
    const answer = this.#answerInput(step, response, [call]);
    const { effects, ...end } = this.#endOfCall(result);
    if (this.#endedBy === null) {
      const [key] = await this.#services.spine.answer(answer);
      await this.#services.spine.endCall({ turnId: this.#turnId, key: key ?? '', ...end, effects });
      await this.#services.spine.endStep(this.#turnId, step);
      return { results: [toolResult(call.id, call.name, result.text, result.isError)], ends: false };
    }
    await this.#services.spine.answerAndEnd(answer, end, { ending: this.#endedBy, error: null, effects });
    this.#isClosed = true;
    return { results: [], ends: true };
  }

  async #runCall(call: ToolCallPart): Promise<ToolResult> {
    const { runner, metrics, clock } = this.#services;
    const started = clock.now();
    const result = await runner.run(
      call,
      {
        agentId: this.#agent.id,
        conversationId: this.#conversationId,
        turnId: trusted<TurnId>(this.#turnId),
        process: 'channel',
        signal: this.#signal,
        turn: this.#sink(),
      },
      this.#agent.settings.security.max_tool_output_bytes,
    );
    const labels = { agent_id: this.#agent.id, tool_name: runner.find('channel', call.name)?.name ?? 'unknown', process_type: 'channel' };
    metrics.count('tool_calls_total', { ...labels, status: result.isError ? 'error' : 'ok' });
    metrics.observe('tool_call_duration_seconds', labels, (clock.now() - started) / 1000);
    if (!result.isError) this.#noteEnding(result.ends);
    return result;
  }

  #noteEnding(ends: 'replied' | 'skipped' | undefined): void {
    if (ends === undefined || this.#endedBy === 'replied') return;
    this.#endedBy = ends === 'skipped' && this.#hasReacted ? 'reacted' : ends;
  }

  #sink(): TurnSink {
    return {
      reply: (text) => void this.#effects.push(this.#draft.take(text)),
      setStatus: (text) => void this.#effects.push({ type: 'status', text }),
      react: (emoji, wanted) => {
        const messageId = wanted ?? this.#claimed.causes.at(-1)?.id;
        const message = messageId === undefined ? undefined : this.#services.spine.message(messageId);
        if (message?.conversation_id !== this.#conversationId)
          throw new ToolError('message_not_found', 'There is no such message in this conversation.');
        this.#effects.push({ type: 'reaction', emoji, messageId: message.id });
        this.#hasReacted = true;
      },
    };
  }

  #endOfCall(result: ToolResult): Omit<EndCallInput, 'turnId' | 'key'> {
    const effects = this.#effects;
    this.#effects = [];
    return {
      isError: result.isError,
      result: result.text,
      code: result.code,
      effects,
      ...(result.ends === undefined ? {} : { ends: result.ends }),
    };
  }

  async #endWithText(answer: AnswerInput): Promise<void> {
    const effects = [this.#draft.take(textOf(answer.response))];
    await this.#services.spine.answerAndEnd(answer, null, { ending: 'replied', error: null, effects });
  }

  async #end(ending: TurnEnding): Promise<void> {
    await this.#services.spine.endTurn({ turnId: this.#turnId, ending, error: null, effects: [] });
  }

  #answerInput(step: number, response: LlmResponse, calls: readonly ToolCallPart[]): AnswerInput {
    const planned = calls.map((call) => plannedCall(call, this.#services.runner.find('channel', call.name)));
    return { turnId: this.#turnId, step, response, calls: planned, cost: { microUsd: 0, status: 'unknown' } };
  }

  #callDraft(candidate: { readonly provider: string; readonly model: string }): ModelCallDraft {
    return callDraft(candidate, this.#claimed.conversation, this.#claimed.causes.at(-1)?.author_id ?? null);
  }

  #showReasoning(text: string): void {
    this.#services.emit({
      ...this.#source(),
      type: 'reasoning_delta',
      data: { process_id: this.#turnId, index: this.#reasoningIndex++, delta: text },
    });
  }

  #countCall(status: string, started: number, response: LlmResponse | null): void {
    const { metrics, clock } = this.#services;
    const labels = { agent_id: this.#agent.id, model: `${this.#plan.first.provider}/${this.#plan.first.model}`, tier: 'channel' };
    metrics.count('llm_requests_total', { ...labels, status });
    metrics.observe('llm_request_duration_seconds', labels, (clock.now() - started) / 1000);
    if (!response) return;
    const { usage } = response;
    metrics.count('llm_tokens_total', { ...labels, direction: 'input' }, usage.inputTokens);
    metrics.count('llm_tokens_total', { ...labels, direction: 'output' }, usage.outputTokens);
    metrics.count('llm_tokens_total', { ...labels, direction: 'cached_input' }, usage.cacheReadTokens);
  }

  get #turnId(): string {
    return this.#claimed.turn.id;
  }

  get #conversationId(): ConversationId {
    return trusted<ConversationId>(this.#claimed.conversation.id);
  }

  #source() {
    return { agentId: this.#agent.id, conversationId: this.#conversationId, turnId: trusted<TurnId>(this.#turnId) };
  }
}

export function callDraft(
  candidate: { readonly provider: string; readonly model: string },
  conversation: { readonly id: string; readonly session_no: number },
  sender: string | null,
): ModelCallDraft {
  return {
    provider: candidate.provider,
    model: candidate.model,
    process: 'channel',
    conversationId: conversation.id,
    sessionNo: conversation.session_no,
    sender,
  };
}

function plannedCall(call: ToolCallPart, tool: Tool | undefined): PlannedCall {
  return {
    providerCallId: call.id,
    tool: call.name,
    args: call.arguments,
    effect: tool?.effect ?? 'internal',
    repeat: tool?.repeat ?? 'safe',
  };
}
