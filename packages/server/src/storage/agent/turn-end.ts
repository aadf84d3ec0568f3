/** The verbs that end a turn, with everything it still has to say, in one commit. */

import type { AttemptOutcome } from '../../core/llm.ts';
import { applyEffects, type TurnEffect } from './effects.ts';
import { assumeOpenCalls, failCall } from './model-calls.ts';
import type { TurnRow } from './records.ts';
import { type AnswerInput, answer, type EndCallInput, endStep, finishCall } from './turn-calls.ts';
import { ownedTurn } from './turn-owner.ts';
import { emit, type Unit } from './unit.ts';

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
