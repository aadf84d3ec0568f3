/** The verbs of a running turn: claim it, keep each answer and each tool result, end it. */

import { ConflictError } from '../../core/errors.ts';
import { deriveKey, sha256 } from '../../core/ids.ts';
import { canonicalJson } from '../../core/json.ts';
import type { AttemptOutcome, LlmResponse } from '../../core/llm.ts';
import { applyEffects, type TurnEffect } from './effects.ts';
import { assumeOpenCalls, dispatchCall, failCall, type ModelCallDraft, type SettledCost, settleCall } from './model-calls.ts';
import type { ConversationRow, MessageRow, StepRow, ToolCallRow, TurnRow } from './records.ts';
import { emit, type Unit } from './unit.ts';

/** Format of `steps.response`; a build that cannot read it re-runs the step. */
const STEP_FORMAT = 1;

/** Newest messages a prompt may be built from; a read on the main thread stays small. */
const HISTORY_LIMIT = 200;

export interface HistoryMessage extends MessageRow {
  /** Order of the message's turn, given at claim; null for what belongs to no turn. */
  turn_ordinal: number | null;
  turn_state: string | null;
}

export interface ClaimedTurn {
  readonly turn: TurnRow;
  readonly conversation: ConversationRow;
  /** The messages that caused the turn, oldest first. */
  readonly causes: readonly MessageRow[];
  readonly authority: 'owner' | 'member' | 'stranger';
  /** Everything after the covered range and the session's start, oldest first, the causes included. */
  readonly history: readonly HistoryMessage[];
  /** True when older messages than `history` exist in this session and were left out. */
  readonly historyCut: boolean;
  /** What an interrupted run of this turn had reached. */
  readonly steps: readonly StepRow[];
  readonly calls: readonly ToolCallRow[];
  /** Number of the model call recorded for the first step to run, or 0 when that step is already answered. */
  readonly attempt: number;
}

export interface ClaimInput {
  readonly conversationId: string;
  readonly configHash: string;
  readonly model: string;
  /** The first model call, recorded in the same commit; `null` when there is no model to ask. */
  readonly call: ModelCallDraft | null;
}

/** The oldest turn that is due becomes `running` under this boot's name; `null` when none is, or one is running already. */
export function claim(unit: Unit, input: ClaimInput): ClaimedTurn | null {
  const open = unit.tx.get<TurnRow>(
    "SELECT * FROM turns WHERE conversation_id = ? AND state IN ('gathering', 'ready', 'running') ORDER BY (state = 'running') DESC, id LIMIT 1",
    input.conversationId,
  );
  if (!open || open.state === 'running' || (open.state === 'gathering' && open.due_at > unit.now)) return null;
  const turn = startTurn(unit, open, input);
  const steps = unit.tx.all<StepRow>('SELECT owner_id, n, state, response FROM steps WHERE owner_id = ? ORDER BY n', turn.id);
  const attempt = reserveNextStep(unit, turn, steps, input.call);
  return { ...readClaimed(unit, turn), steps, calls: readCalls(unit, turn.id), attempt };
}

function startTurn(unit: Unit, open: TurnRow, input: ClaimInput): TurnRow {
  const ordinal = open.ordinal ?? takeOrdinal(unit, open.conversation_id);
  const turn = unit.tx.get<TurnRow>(
    `UPDATE turns SET state = 'running', owner = ?, ordinal = ?, attempt = attempt + 1, config_hash = ?, model = ?, started_at = coalesce(started_at, ?)
     WHERE id = ? RETURNING *`,
    unit.runId,
    ordinal,
    input.configHash,
    input.model,
    unit.now,
    open.id,
  );
  if (!turn) throw new ConflictError('internal', 'A turn vanished while it was claimed.');
  unit.tx.run("UPDATE mailbox SET state = 'claimed' WHERE turn_id = ? AND state = 'queued'", turn.id);
  emit(unit, { type: 'turn_started', conversationId: turn.conversation_id, turnId: turn.id, ref: `turns:${turn.id}` });
  return turn;
}

export function takeOrdinal(unit: Unit, conversationId: string): number {
  const row = unit.tx.get<{ ordinal: number }>(
    'UPDATE conversations SET next_ordinal = next_ordinal + 1 WHERE id = ? RETURNING next_ordinal - 1 AS ordinal',
    conversationId,
  );
  return row?.ordinal ?? 1;
}

function reserveNextStep(unit: Unit, turn: TurnRow, steps: readonly StepRow[], call: ModelCallDraft | null): number {
  const last = steps.at(-1);
  if (!call || last?.state === 'answered') return 0;
  const n = last === undefined ? 0 : last.state === 'done' ? last.n + 1 : last.n;
  return reserve(unit, turn.id, n, call);
}

/** Records that a model is about to be called for step `n`; returns the number of the attempt. Throws when the turn was cancelled meanwhile. */
export function reserve(unit: Unit, turnId: string, n: number, call: ModelCallDraft): number {
  requireOwned(unit, turnId);
  unit.tx.run(
    `INSERT INTO steps (owner_id, n, owner_kind, state, format, created_at) VALUES (?, ?, 'turn', 'calling', ?, ?)
     ON CONFLICT (owner_id, n) DO NOTHING`,
    turnId,
    n,
    STEP_FORMAT,
    unit.now,
  );
  return dispatchCall(unit, turnId, n, call);
}

/** The failed attempt is settled and the next one recorded in one commit. */
export function retryCall(unit: Unit, turnId: string, n: number, outcome: AttemptOutcome, next: ModelCallDraft): number {
  failCall(unit, turnId, n, outcome);
  return reserve(unit, turnId, n, next);
}

function readClaimed(unit: Unit, turn: TurnRow): Omit<ClaimedTurn, 'steps' | 'calls' | 'attempt'> {
  const conversation = unit.tx.get<ConversationRow>('SELECT * FROM conversations WHERE id = ?', turn.conversation_id);
  if (!conversation) throw new ConflictError('conversation_not_found', 'The conversation was erased.');
  const newest = unit.tx.all<HistoryMessage>(
    `SELECT m.*, t.ordinal AS turn_ordinal, t.state AS turn_state FROM messages m LEFT JOIN turns t ON t.id = m.turn_id
     WHERE m.conversation_id = ? AND m.seq >= ? AND m.seq > ? ORDER BY m.seq DESC LIMIT ${HISTORY_LIMIT + 1}`,
    conversation.id,
    conversation.session_from_seq,
    conversation.covered_to_seq,
  );
  const authorities = unit.tx.all<{ authority: string }>('SELECT DISTINCT authority FROM mailbox WHERE turn_id = ?', turn.id);
  return {
    turn,
    conversation,
    causes: unit.tx.all<MessageRow>("SELECT * FROM messages WHERE turn_id = ? AND role = 'user' ORDER BY seq", turn.id),
    authority: leastAuthority(authorities.map((row) => row.authority)),
    history: newest.slice(0, HISTORY_LIMIT).reverse(),
    historyCut: newest.length > HISTORY_LIMIT,
  };
}

/** A privileged sender in a batch lends nothing to the others. */
function leastAuthority(found: readonly string[]): 'owner' | 'member' | 'stranger' {
  if (found.length === 0 || found.includes('stranger')) return 'stranger';
  return found.includes('member') ? 'member' : 'owner';
}

function readCalls(unit: Unit, ownerId: string): ToolCallRow[] {
  return unit.tx.all<ToolCallRow>('SELECT * FROM tool_calls WHERE owner_id = ? ORDER BY step_n, idx', ownerId);
}

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

function finishCall(unit: Unit, turn: TurnRow, input: Omit<EndCallInput, 'turnId'>): void {
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

export type TurnEnding = 'replied' | 'reacted' | 'skipped' | 'turn_limit' | 'failed' | 'cancelled' | 'interrupted';

export interface EndTurnInput {
  readonly turnId: string;
  readonly ending: TurnEnding;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly effects: readonly TurnEffect[];
  /** The failed last attempt of the step that could not be answered. */
  readonly failedCall?: { readonly step: number; readonly outcome: AttemptOutcome };
}

const STATE_OF_ENDING: Record<TurnEnding, TurnRow['state']> = {
  replied: 'completed',
  reacted: 'completed',
  skipped: 'completed',
  turn_limit: 'failed',
  failed: 'failed',
  cancelled: 'cancelled',
  interrupted: 'parked',
};

const OUTCOME_OF_ENDING: Record<TurnEnding, { state: string; outcome: string }> = {
  replied: { state: 'done', outcome: 'reply' },
  reacted: { state: 'done', outcome: 'reaction' },
  skipped: { state: 'done', outcome: 'silent' },
  turn_limit: { state: 'failed', outcome: 'notice' },
  failed: { state: 'failed', outcome: 'notice' },
  cancelled: { state: 'cancelled', outcome: 'notice' },
  interrupted: { state: 'dead', outcome: 'notice' },
};

/** Ends the turn with everything it still has to say. False: it was cancelled meanwhile, and nothing was written. */
export function endTurn(unit: Unit, input: EndTurnInput): boolean {
  const turn = ownedTurn(unit, input.turnId);
  if (!turn) return false;
  if (input.failedCall) failCall(unit, turn.id, input.failedCall.step, input.failedCall.outcome);
  applyEffects(unit, turn, input.effects);
  closeTurn(unit, turn, input.ending, input.error);
  return true;
}

/** The usual short turn: the answer, its only call and the end share one commit. */
export function answerAndEnd(
  unit: Unit,
  input: AnswerInput,
  call: Omit<EndCallInput, 'turnId' | 'key' | 'effects'> | null,
  end: Omit<EndTurnInput, 'turnId'>,
): boolean {
  const turn = ownedTurn(unit, input.turnId);
  if (!turn) return false;
  const [key] = answer(unit, input);
  if (call && key !== undefined) {
    finishCall(unit, turn, { ...call, key, effects: end.effects });
    endStep(unit, turn.id, input.step);
  } else {
    applyEffects(unit, turn, end.effects);
  }
  closeTurn(unit, turn, end.ending, end.error);
  return true;
}

/** Writes the final state of a turn, of what caused it and of what it left open. */
export function closeTurn(unit: Unit, turn: TurnRow, ending: TurnEnding, error: EndTurnInput['error']): void {
  const state = STATE_OF_ENDING[ending];
  unit.tx.run(
    'UPDATE turns SET state = ?, owner = NULL, ending = ?, error_code = ?, error_message = ?, ended_at = ? WHERE id = ?',
    state,
    ending,
    error?.code ?? null,
    error?.message ?? null,
    unit.now,
    turn.id,
  );
  const mailbox = OUTCOME_OF_ENDING[ending];
  unit.tx.run(
    "UPDATE mailbox SET state = ?, outcome = ?, error = ?, ended_at = ? WHERE turn_id = ? AND state IN ('queued', 'claimed')",
    mailbox.state,
    mailbox.outcome,
    error?.code ?? null,
    unit.now,
    turn.id,
  );
  unit.tx.run(
    "UPDATE tool_calls SET state = 'cancelled', owner = NULL, ended_at = ? WHERE owner_id = ? AND state IN ('planned', 'started', 'awaiting')",
    unit.now,
    turn.id,
  );
  assumeOpenCalls(unit, turn.id);
  const failed = state === 'failed' || state === 'parked';
  emit(unit, {
    type: failed ? 'turn_failed' : 'turn_completed',
    conversationId: turn.conversation_id,
    turnId: turn.id,
    ref: `turns:${turn.id}`,
  });
  unit.tx.afterCommit(() => {
    unit.doorbell.turnEnded(turn.id);
    unit.doorbell.turnReady(turn.conversation_id, unit.now);
  });
}

function ownedTurn(unit: Unit, turnId: string): TurnRow | undefined {
  return unit.tx.get<TurnRow>("SELECT * FROM turns WHERE id = ? AND owner = ? AND state = 'running'", turnId, unit.runId);
}

function requireOwned(unit: Unit, turnId: string): TurnRow {
  const turn = ownedTurn(unit, turnId);
  if (!turn) throw new ConflictError('turn_cancelled', 'The turn was ended meanwhile.');
  return turn;
}
