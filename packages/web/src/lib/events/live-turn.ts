/** What a conversation is doing this second, folded from its events; pure, so that a replay gives the same state as having watched. */

import type { SpacebotEvent } from '@spacebot/protocol/events';

export interface LiveTurn {
  readonly turnId: string;
  /** RFC 3339; `null` when the page joined in the middle. */
  readonly startedAt: string | null;
  readonly model: string | null;
  /** The answer so far; empty before the first word and between two messages. */
  readonly text: string;
  readonly messageId: string | null;
  readonly nextIndex: number;
  /** A part of the text was lost on the way; the finished message will have all of it. */
  readonly hasGap: boolean;
  readonly isThinking: boolean;
  readonly tool: { readonly callId: string; readonly name: string; readonly startedAt: string } | null;
}

export interface LiveState {
  readonly turn: LiveTurn | null;
  /** Messages and turns that are over: late deltas of them are dropped. Bounded. */
  readonly over: readonly string[];
}

export const NO_LIVE_STATE: LiveState = { turn: null, over: [] };

const OVER_KEPT = 24;

/** The next state; the same object when the event changes nothing. */
export function applyToLive(state: LiveState, event: SpacebotEvent): LiveState {
  switch (event.type) {
    case 'turn_started':
      if (state.over.includes(event.data.turn_id)) return state;
      return { ...state, turn: { ...blank(event.data.turn_id, event.at), model: event.data.model } };
    case 'outbound_message_delta':
      return withTurn(state, event, (turn) => addDelta(turn, event.data));
    case 'reasoning_delta':
      return withTurn(state, event, (turn) => (turn.isThinking ? turn : { ...turn, isThinking: true }));
    case 'tool_started':
      return withTurn(state, event, (turn) => ({
        ...turn,
        isThinking: false,
        tool: { callId: event.data.call_id, name: event.data.tool, startedAt: event.at },
      }));
    case 'tool_completed':
      return withTurn(state, event, (turn) => (turn.tool?.callId === event.data.call_id ? { ...turn, tool: null } : turn));
    case 'outbound_message':
      return event.data.partial ? state : finishMessage(state, event.data.message.id);
    case 'turn_completed':
    case 'turn_failed':
      return finishTurn(state, event.data.turn_id);
    default:
      return state;
  }
}

function blank(turnId: string, startedAt: string | null): LiveTurn {
  return { turnId, startedAt, model: null, text: '', messageId: null, nextIndex: 0, hasGap: false, isThinking: false, tool: null };
}

function withTurn(state: LiveState, event: SpacebotEvent, change: (turn: LiveTurn) => LiveTurn): LiveState {
  const turnId = event.turn_id ?? state.turn?.turnId ?? null;
  if (turnId === null || state.over.includes(turnId)) return state;
  if (event.type === 'outbound_message_delta' && state.over.includes(event.data.message_id)) return state;
  const before = state.turn?.turnId === turnId ? state.turn : blank(turnId, null);
  const turn = change(before);
  return turn === state.turn ? state : { ...state, turn };
}

function addDelta(turn: LiveTurn, delta: { readonly message_id: string; readonly index: number; readonly delta: string }): LiveTurn {
  const same = turn.messageId === delta.message_id;
  const expected = same ? turn.nextIndex : 0;
  if (delta.index < expected) return turn;
  return {
    ...turn,
    isThinking: false,
    messageId: delta.message_id,
    text: (same ? turn.text : '') + delta.delta,
    nextIndex: delta.index + 1,
    hasGap: (same && turn.hasGap) || delta.index > expected,
  };
}

function finishMessage(state: LiveState, messageId: string): LiveState {
  const { turn } = state;
  const over = remember(state.over, messageId);
  if (turn === null || turn.messageId !== messageId) return { turn, over };
  return { turn: { ...turn, text: '', messageId: null, nextIndex: 0, hasGap: false }, over };
}

function finishTurn(state: LiveState, turnId: string): LiveState {
  return { turn: state.turn?.turnId === turnId ? null : state.turn, over: remember(state.over, turnId) };
}

function remember(over: readonly string[], id: string): readonly string[] {
  return over.includes(id) ? over : [...over.slice(-(OVER_KEPT - 1)), id];
}
