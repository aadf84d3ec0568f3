/** What is known of each turn of a conversation: its model, tools, cost and end. The same fold serves history and live events. */

import type { SpacebotEvent } from '@spacebot/protocol/events';
import type { Usage } from '@spacebot/protocol/messages';

export interface ToolFact {
  readonly callId: string;
  readonly name: string;
  readonly startedAt: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly result: {
    readonly isError: boolean;
    readonly code: string | null;
    readonly preview: string;
    readonly durationMs: number;
  } | null;
}

export interface TurnFacts {
  readonly id: string;
  readonly startedAt: string;
  readonly model: string | null;
  /** The messages that started it. */
  readonly messageIds: readonly string[];
  readonly tools: readonly ToolFact[];
  readonly end: {
    readonly state: 'completed' | 'cancelled' | 'failed';
    readonly at: string;
    readonly usage: Usage;
    readonly durationMs: number;
    readonly error: { readonly code: string; readonly message: string } | null;
    readonly isRetryable: boolean;
  } | null;
}

export type Turns = ReadonlyMap<string, TurnFacts>;

/** Names of the events that this fold reads. */
export const TURN_EVENTS = ['turn_started', 'turn_completed', 'turn_failed', 'tool_started', 'tool_completed'] as const;

/** The next map; the same object when the event says nothing about a turn. Applying an event twice changes nothing. */
export function applyToTurns(turns: Turns, event: SpacebotEvent): Turns {
  switch (event.type) {
    case 'turn_started':
      return change(turns, event.data.turn_id, event.at, (turn) => ({
        ...turn,
        startedAt: event.at,
        model: event.data.model,
        messageIds: event.data.message_ids,
      }));
    case 'turn_completed': {
      const { state, usage, duration_ms } = event.data;
      return change(turns, event.data.turn_id, event.at, (turn) => ({
        ...turn,
        end: { state, at: event.at, usage, durationMs: duration_ms, error: null, isRetryable: false },
      }));
    }
    case 'turn_failed': {
      const { error, retryable, usage } = event.data;
      return change(turns, event.data.turn_id, event.at, (turn) => {
        const durationMs = Math.max(0, Date.parse(event.at) - Date.parse(turn.startedAt));
        return { ...turn, end: { state: 'failed', at: event.at, usage, durationMs, error, isRetryable: retryable } };
      });
    }
    case 'tool_started':
      return changeTool(turns, event, (tool) => ({ ...tool, startedAt: event.at, arguments: event.data.arguments }));
    case 'tool_completed': {
      const { is_error, code, output_preview, duration_ms } = event.data;
      return changeTool(turns, event, (tool) => ({
        ...tool,
        result: { isError: is_error, code, preview: output_preview, durationMs: duration_ms },
      }));
    }
    default:
      return turns;
  }
}

function change(turns: Turns, id: string, at: string, update: (turn: TurnFacts) => TurnFacts): Turns {
  const before = turns.get(id) ?? { id, startedAt: at, model: null, messageIds: [], tools: [], end: null };
  return new Map(turns).set(id, update(before));
}

type ToolEvent = Extract<SpacebotEvent, { type: 'tool_started' | 'tool_completed' }>;

function changeTool(turns: Turns, event: ToolEvent, update: (tool: ToolFact) => ToolFact): Turns {
  if (event.turn_id === null) return turns;
  const { call_id: callId, tool: name } = event.data;
  return change(turns, event.turn_id, event.at, (turn) => {
    const before = turn.tools.find((tool) => tool.callId === callId) ?? { callId, name, startedAt: event.at, arguments: {}, result: null };
    const rest = turn.tools.filter((tool) => tool.callId !== callId);
    return { ...turn, tools: [...rest, update(before)].sort((a, b) => a.startedAt.localeCompare(b.startedAt)) };
  });
}
