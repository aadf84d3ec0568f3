/** One row per model call, written before the request leaves and settled with what it really cost. */

import type { AttemptOutcome, LlmResponse, TokenUsage } from '../../core/llm.ts';
import type { UsageRow } from './records.ts';
import type { Unit } from './unit.ts';

export interface ModelCallDraft {
  readonly provider: string;
  readonly model: string;
  readonly process: 'channel' | 'branch' | 'worker' | 'compactor' | 'cortex';
  readonly conversationId: string | null;
  readonly sessionNo: number | null;
  /** The platform id of the person the call is made for. */
  readonly sender: string | null;
}

/** Micro-USD; `unknown` when the model has no price. */
export interface SettledCost {
  readonly microUsd: number;
  readonly status: 'priced' | 'partial' | 'unknown';
}

/** Returns the attempt's number within its step, from 1. */
export function dispatchCall(unit: Unit, ownerId: string, stepN: number, draft: ModelCallDraft): number {
  const last = unit.tx.get<{ attempt: number }>(
    'SELECT max(attempt) AS attempt FROM model_calls WHERE owner_id = ? AND step_n = ?',
    ownerId,
    stepN,
  );
  const attempt = (last?.attempt ?? 0) + 1;
  unit.tx.run(
    `INSERT INTO model_calls (id, owner_id, step_n, attempt, conversation_id, session_no, sender, process, provider, model, state, owner, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'dispatched', ?, ?)`,
    unit.newId(),
    ownerId,
    stepN,
    attempt,
    draft.conversationId,
    draft.sessionNo,
    draft.sender,
    draft.process,
    draft.provider,
    draft.model,
    unit.runId,
    unit.now,
  );
  return attempt;
}

const OPEN_CALL = "owner_id = ? AND step_n = ? AND state IN ('reserved', 'dispatched')";

/** Settles the open attempt of a step with the usage of the answer. */
export function settleCall(unit: Unit, ownerId: string, stepN: number, response: LlmResponse, cost: SettledCost): void {
  unit.tx.run(
    `UPDATE model_calls SET state = 'settled', owner = NULL, request_id = ?, ${SET_USAGE}, cost_micro_usd = ?, cost_status = ?, ended_at = ?
     WHERE ${OPEN_CALL}`,
    response.requestId ?? null,
    ...usageValues(response.usage),
    cost.microUsd,
    cost.status,
    unit.now,
    ownerId,
    stepN,
  );
}

/** A failed attempt counts what its provider reported, and nothing it did not. */
export function failCall(unit: Unit, ownerId: string, stepN: number, outcome: AttemptOutcome): void {
  unit.tx.run(
    `UPDATE model_calls SET state = 'failed', owner = NULL, request_id = ?, ${SET_USAGE}, cost_status = ?, error_code = ?, ended_at = ?
     WHERE ${OPEN_CALL}`,
    outcome.requestId ?? null,
    ...usageValues(outcome.usage),
    outcome.usageKnown ? 'partial' : 'unknown',
    outcome.error ?? null,
    unit.now,
    ownerId,
    stepN,
  );
}

/** A call whose end nobody saw (a crash, a cancelled turn) counts what is known of it. Without an owner's id: every open call. */
export function assumeOpenCalls(unit: Unit, ownerId?: string): void {
  unit.tx.run(
    `UPDATE model_calls SET state = 'assumed', owner = NULL, cost_status = 'partial', ended_at = ?
     WHERE state IN ('reserved', 'dispatched') AND owner_id = coalesce(?, owner_id)`,
    unit.now,
    ownerId ?? null,
  );
}

const SET_USAGE = 'input_tokens = ?, output_tokens = ?, cache_read_tokens = ?, cache_write_tokens = ?, reasoning_tokens = ?';

function usageValues(usage: TokenUsage): number[] {
  return [usage.inputTokens, usage.outputTokens, usage.cacheReadTokens, usage.cacheWriteTokens, usage.reasoningTokens];
}

/** Sums the calls of one turn. */
export const USAGE_OF_OWNER = `
  SELECT coalesce(sum(input_tokens), 0) AS input_tokens, coalesce(sum(output_tokens), 0) AS output_tokens,
    coalesce(sum(cache_read_tokens), 0) AS cache_read_tokens, coalesce(sum(cache_write_tokens), 0) AS cache_write_tokens,
    coalesce(sum(reasoning_tokens), 0) AS reasoning_tokens, count(*) AS requests, coalesce(sum(cost_micro_usd), 0) AS cost_micro_usd,
    coalesce(sum(cost_status = 'priced'), 0) AS priced, coalesce(sum(cost_status <> 'priced'), 0) AS unpriced
  FROM model_calls WHERE owner_id = ?`;

export type { UsageRow };
