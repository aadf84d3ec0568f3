/** The verbs that begin the work on a turn: take the oldest that is due, and write down each model call before it leaves. */

import { ConflictError } from '../../core/errors.ts';
import type { AttemptOutcome } from '../../core/llm.ts';
import { dispatchCall, failCall, type ModelCallDraft } from './model-calls.ts';
import type { ConversationRow, MessageRow, StepRow, ToolCallRow, TurnRow } from './records.ts';
import { requireOwned } from './turn-owner.ts';
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
