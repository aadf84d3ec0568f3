/** The verbs inside a turn: keep the whole answer before its first tool acts, and each result before the model is asked again. */

import { deriveKey, sha256 } from '../../core/ids.ts';
import { canonicalJson } from '../../core/json.ts';
import type { LlmResponse } from '../../core/llm.ts';
import { applyEffects, type TurnEffect } from './effects.ts';
import { type SettledCost, settleCall } from './model-calls.ts';
import type { TurnRow } from './records.ts';
import { requireOwned } from './turn-owner.ts';
import { emit, type Unit } from './unit.ts';

export interface PlannedCall {
  readonly providerCallId: string;
  readonly tool: string;
  readonly args: unknown;
  readonly effect: string;
  readonly repeat: 'safe' | 'keyed' | 'never';
}

export interface AnswerInput {
  readonly turnId: string;
  readonly step: number;
  readonly response: LlmResponse;
  readonly calls: readonly PlannedCall[];
  readonly cost: SettledCost;
}

/** The whole answer of the model is kept, and its cost settled, before its first tool acts. Returns the key of each call, in order. */
export function answer(unit: Unit, input: AnswerInput): string[] {
  requireOwned(unit, input.turnId);
  settleCall(unit, input.turnId, input.step, input.response, input.cost);
  unit.tx.run(
    'UPDATE steps SET state = ?, response = ? WHERE owner_id = ? AND n = ?',
    input.calls.length === 0 ? 'done' : 'answered',
    JSON.stringify(input.response),
    input.turnId,
    input.step,
  );
  return input.calls.map((call, index) => insertCall(unit, input, call, index));
}

function insertCall(unit: Unit, input: AnswerInput, call: PlannedCall, index: number): string {
  const args = canonicalJson(call.args);
  const key = deriveKey(input.turnId, input.step, index, call.tool, args);
  unit.tx.run(
    `INSERT INTO tool_calls (key, owner_id, step_n, idx, provider_call_id, tool, args, args_hash, effect, repeat, state, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'planned', ?)`,
    key,
    input.turnId,
    input.step,
    index,
    call.providerCallId,
    call.tool,
    args,
    sha256(args),
    call.effect,
    call.repeat,
    unit.now,
  );
  return key;
}

/** A tool is about to act outside our tables; throws when the turn was cancelled meanwhile. */
export function startCall(unit: Unit, turnId: string, key: string): void {
  const turn = requireOwned(unit, turnId);
  unit.tx.run(
    "UPDATE tool_calls SET state = 'started', owner = ?, attempt = attempt + 1, started_at = ? WHERE key = ?",
    unit.runId,
    unit.now,
    key,
  );
  emit(unit, { type: 'tool_started', conversationId: turn.conversation_id, turnId, ref: `tool_calls:${key}` });
}

export interface EndCallInput {
  readonly turnId: string;
  readonly key: string;
  readonly isError: boolean;
  /** What the model reads. */
  readonly result: string;
  readonly code: string | null;
  /** Kept with the result: a turn resumed after a crash ends where this call had ended it. */
  readonly ends?: 'replied' | 'skipped';
  readonly effects: readonly TurnEffect[];
}

/** What `tool_calls.result` holds. */
export interface StoredResult {
  readonly text: string;
  readonly code: string | null;
  readonly ends?: 'replied' | 'skipped';
}

/** The result of a call and whatever it does to our own tables, in one commit. */
export function endCall(unit: Unit, input: EndCallInput): void {
  const turn = requireOwned(unit, input.turnId);
  finishCall(unit, turn, input);
}

export function finishCall(unit: Unit, turn: TurnRow, input: Omit<EndCallInput, 'turnId'>): void {
  announceStart(unit, turn, input.key);
  const result: StoredResult = { text: input.result, code: input.code, ...(input.ends === undefined ? {} : { ends: input.ends }) };
  unit.tx.run(
    'UPDATE tool_calls SET state = ?, result = ?, owner = NULL, started_at = coalesce(started_at, ?), ended_at = ? WHERE key = ?',
    input.isError ? 'failed' : 'done',
    JSON.stringify(result),
    unit.now,
    unit.now,
    input.key,
  );
  emit(unit, { type: 'tool_completed', conversationId: turn.conversation_id, turnId: turn.id, ref: `tool_calls:${input.key}` });
  applyEffects(unit, turn, input.effects);
}

/** Internal tools have no start of their own; whoever follows the events sees one all the same. */
function announceStart(unit: Unit, turn: TurnRow, key: string): void {
  const call = unit.tx.get<{ state: string }>('SELECT state FROM tool_calls WHERE key = ?', key);
  if (call?.state !== 'planned') return;
  emit(unit, { type: 'tool_started', conversationId: turn.conversation_id, turnId: turn.id, ref: `tool_calls:${key}` });
}

/** All calls of a step have ended; the next step may be asked for. */
export function endStep(unit: Unit, turnId: string, n: number): void {
  unit.tx.run("UPDATE steps SET state = 'done' WHERE owner_id = ? AND n = ?", turnId, n);
}
