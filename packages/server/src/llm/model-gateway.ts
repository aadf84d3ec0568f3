/** The one path by which any process reaches a model: choose, call, retry before anything is seen, fall back, and say what every attempt cost. */

import { type Clock, type Random, sleep } from '../core/clock.ts';
import { LlmError } from '../core/errors.ts';
import {
  type Attempt,
  type AttemptLedger,
  type AttemptOutcome,
  isUsageKnown,
  type LlmEvent,
  type LlmRequest,
  type LlmResponse,
  NO_USAGE,
  type TokenUsage,
} from '../core/llm.ts';
import type { Logger } from '../core/logger.ts';
import { Cooldowns } from './cooldowns.ts';
import { repairHistory } from './history-repair.ts';
import { type ModelCandidate, type ModelPlan, planModels, type RouteModels } from './model-plan.ts';
import { abortError, providerError } from './provider-error.ts';
import type { ProviderDirectory } from './providers/index.ts';
import { decideNextStep } from './retry-policy.ts';

export type GatewayRequest = Omit<LlmRequest, 'model'>;

export type GatewayEvent =
  | LlmEvent
  /** A request is about to leave; the first one too. */
  | { readonly type: 'attempt'; readonly attempt: Attempt }
  /** What was shown so far is void: the answer begins again (LLM-10). Comes before the `attempt` that replaces it. */
  | { readonly type: 'restart' };

export interface ModelGateway {
  /** Synchronous and cheap. Throws `LlmError` of kind setup_required or model_unavailable. */
  plan(route: RouteModels): ModelPlan;
  /** Ends with `finish`, or throws `ModelCallError`, or the signal's reason as `CancelledError`. */
  stream(plan: ModelPlan, request: GatewayRequest, ledger: AttemptLedger, signal: AbortSignal): AsyncIterable<GatewayEvent>;
}

/** The last attempt failed and no other is left; the caller settles it with `outcome`. */
export class ModelCallError extends LlmError {
  readonly attempt: Attempt;
  readonly outcome: AttemptOutcome;

  constructor(error: LlmError, attempt: Attempt, outcome: AttemptOutcome) {
    super(error.kind, error.publicMessage, {
      provider: error.provider,
      model: error.model,
      details: error.details,
      cause: error,
      ...(error.status === undefined ? {} : { status: error.status }),
      ...(error.requestId === undefined ? {} : { requestId: error.requestId }),
      ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
    });
    this.attempt = attempt;
    this.outcome = outcome;
  }
}

export interface GatewayOptions {
  readonly directory: ProviderDirectory;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

export function createModelGateway({ directory, clock, random, log }: GatewayOptions): ModelGateway {
  const cooldowns = new Cooldowns(clock);
  return {
    plan: (route) => planModels(route, directory, cooldowns),
    stream(plan, request, ledger, signal) {
      const { messages, repairs } = repairHistory(request.messages);
      if (repairs > 0) log.warn('repaired the history before a model call', { fields: { repairs } });
      const call = { plan, request: repairs > 0 ? { ...request, messages } : request, ledger, signal };
      return runPlan(call, { cooldowns, clock, random, log });
    },
  };
}

interface PlannedCall {
  readonly plan: ModelPlan;
  readonly request: GatewayRequest;
  readonly ledger: AttemptLedger;
  readonly signal: AbortSignal;
}

interface Engine {
  readonly cooldowns: Cooldowns;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/** Where the engine stands: which candidate, how often it was asked, and the running number of the attempt. */
interface Position {
  candidate: number;
  attempts: number;
  number: number;
}

async function* runPlan(call: PlannedCall, engine: Engine): AsyncGenerator<GatewayEvent> {
  const position: Position = { candidate: 0, attempts: 1, number: call.ledger.firstNumber ?? 1 };
  for (;;) {
    const run = new AttemptRun(call, position);
    yield { type: 'attempt', attempt: run.attempt };
    try {
      yield* run.events();
      return;
    } catch (error) {
      if (call.signal.aborted) throw abortError(call.signal);
      if (!(error instanceof LlmError)) throw error;
      await moveOn(run, error, position, call, engine);
    }
    if (run.hasShown) yield { type: 'restart' };
  }
}

/** Waits and moves `position` to the next attempt, durable before its request leaves; throws when there is none. */
async function moveOn(run: AttemptRun, error: LlmError, position: Position, call: PlannedCall, engine: Engine): Promise<void> {
  const { candidates, cooldownMs } = call.plan;
  const { maxAttempts } = run.candidate;
  const hasFallback = position.candidate < candidates.length - 1;
  const outcome = run.outcomeOf(error);
  const step = decideNextStep({ error, attempts: position.attempts, maxAttempts, hasFallback, cooldownMs }, engine.random);
  engine.log.warn('a model call failed', {
    fields: { ...run.attempt, kind: error.kind, next: step.type, request_id: error.requestId, ...error.details },
  });
  if (step.type === 'fail') throw new ModelCallError(error, run.attempt, outcome);
  if (step.type === 'fallback') {
    if (step.cooldownMs !== null) engine.cooldowns.rest(run.attempt, step.cooldownMs);
    position.candidate += 1;
    position.attempts = 1;
  } else {
    await wait(engine.clock, step.delayMs, call.signal);
    position.attempts += 1;
  }
  position.number += 1;
  await call.ledger.retry(run.attempt, outcome, attemptAt(call.plan, position).attempt);
}

async function wait(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  try {
    if (delayMs > 0) await sleep(clock, delayMs, signal);
  } catch {
    throw abortError(signal);
  }
}

function attemptAt(plan: ModelPlan, position: Position): { candidate: ModelCandidate; attempt: Attempt } {
  const candidate = plan.candidates[position.candidate];
  if (candidate === undefined) throw new RangeError('a plan has a candidate for every position');
  return { candidate, attempt: { number: position.number, provider: candidate.provider.id, model: candidate.model } };
}

/** One request and what is known of it. */
class AttemptRun {
  readonly candidate: ModelCandidate;
  readonly attempt: Attempt;
  readonly #call: PlannedCall;
  #usage: TokenUsage = NO_USAGE;
  /** Text, or arguments that may become text, has left for the consumer. */
  hasShown = false;

  constructor(call: PlannedCall, position: Position) {
    const { candidate, attempt } = attemptAt(call.plan, position);
    this.candidate = candidate;
    this.attempt = attempt;
    this.#call = call;
  }

  async *events(): AsyncGenerator<LlmEvent> {
    const { request, signal } = this.#call;
    for await (const event of this.candidate.provider.stream({ ...request, model: this.candidate.model }, signal)) {
      if (event.type === 'text-delta' || event.type === 'tool-call-delta') this.hasShown = true;
      else if (event.type === 'usage') this.#usage = event.usage;
      yield event;
      if (event.type === 'finish') return;
    }
    const target = { provider: this.candidate.provider.id, model: this.candidate.model, secrets: [] };
    throw providerError('truncated', target);
  }

  outcomeOf(error: LlmError): AttemptOutcome {
    const requestId = error.requestId === undefined ? {} : { requestId: error.requestId };
    return { usage: this.#usage, usageKnown: isUsageKnown(this.#usage), error: error.code, ...requestId };
  }
}

/** For callers that show nothing while it runs: the whole answer and the attempt that gave it. */
export async function collect(events: AsyncIterable<GatewayEvent>): Promise<{ response: LlmResponse; attempt: Attempt }> {
  let attempt: Attempt | null = null;
  let response: LlmResponse | null = null;
  for await (const event of events) {
    if (event.type === 'attempt') attempt = event.attempt;
    else if (event.type === 'finish') response = event.response;
  }
  if (attempt === null || response === null) throw new TypeError('a stream of the gateway ends with finish or throws');
  return { response, attempt };
}
