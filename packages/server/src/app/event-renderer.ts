/** From a journal row to an event: payloads are read from the rows they point at, so that a replay shows the present state and erased text nowhere. */

import { isEventType } from '@spacebot/protocol/event-types';
import type { EventData, EventType, SpacebotEvent } from '@spacebot/protocol/events';
import { toIso } from '../core/clock.ts';
import type { LiveSignal } from '../core/live-signals.ts';
import type { AgentSpine } from '../storage/agent/agent-spine.ts';
import type { TurnRow } from '../storage/agent/records.ts';
import type { JournalRow } from '../storage/instance/journal.ts';
import { messageView, outboundView, toolCompletedView, toolStartedView, usageView } from './views.ts';

/** Finds the open spine of an agent; events of a closed one are passed over. */
export type FindSpine = (agentId: string) => AgentSpine | undefined;

/** Null when what the event speaks of is gone. */
export function renderEvent(row: JournalRow, findSpine: FindSpine): SpacebotEvent | null {
  if (!isEventType(row.type)) return null;
  const data = renderData(row, row.type, findSpine);
  return data === null ? null : envelope(row, row.type, data);
}

export function renderSignal(signal: LiveSignal, now: number): SpacebotEvent {
  const { type, agentId, conversationId, turnId } = signal;
  const row = { id: null, at: now, agent_id: agentId, conversation_id: conversationId, turn_id: turnId };
  return envelope(row, type, signal.data);
}

/** An event of the instance as a whole that lives only while it happens. */
export function renderNotice<Type extends EventType>(type: Type, data: EventData<Type>, now: number): SpacebotEvent {
  return envelope({ id: null, at: now, agent_id: null, conversation_id: null, turn_id: null }, type, data);
}

interface EnvelopeParts {
  readonly id: number | null;
  readonly at: number;
  readonly agent_id: string | null;
  readonly conversation_id: string | null;
  readonly turn_id: string | null;
}

/** The one place where a payload, made for its type a line before, is joined with the union of all events. */
function envelope(parts: EnvelopeParts, type: EventType, data: unknown): SpacebotEvent {
  const { id, agent_id, conversation_id, turn_id } = parts;
  return { id, type, at: toIso(parts.at), agent_id, conversation_id, turn_id, data } as SpacebotEvent;
}

function renderData(row: JournalRow, type: EventType, findSpine: FindSpine): unknown {
  const extra = JSON.parse(row.data) as Record<string, unknown>;
  if (row.ref === null || row.agent_id === null) return extra;
  const spine = findSpine(row.agent_id);
  if (!spine) return null;
  const id = row.ref.slice(row.ref.indexOf(':') + 1);
  switch (type) {
    case 'inbound_message':
      return renderMessage(spine, row.agent_id, id, {});
    case 'outbound_message':
      return renderMessage(spine, row.agent_id, id, { replaced: extra.replaced === true, partial: false });
    case 'turn_started':
      return withTurn(spine, id, (turn) => turnStarted(spine, turn));
    case 'turn_completed':
      return withTurn(spine, id, (turn) => turnCompleted(spine, turn));
    case 'turn_failed':
      return withTurn(spine, id, (turn) => turnFailed(spine, turn));
    case 'tool_started': {
      const call = spine.toolCall(id);
      return call ? toolStartedView(call) : null;
    }
    case 'tool_completed': {
      const call = spine.toolCall(id);
      return call ? toolCompletedView(call) : null;
    }
    case 'delivery_updated':
    case 'delivery_dead': {
      const delivery = spine.delivery(id);
      return delivery ? { delivery: outboundView(row.agent_id, delivery) } : null;
    }
    default:
      return extra;
  }
}

function renderMessage(spine: AgentSpine, agentId: string, id: string, rest: Record<string, unknown>): unknown {
  const message = spine.message(id);
  return message ? { message: messageView(agentId, message), ...rest } : null;
}

function withTurn<Data>(spine: AgentSpine, id: string, render: (turn: TurnRow) => Data): Data | null {
  const turn = spine.turn(id);
  return turn ? render(turn) : null;
}

function turnStarted(spine: AgentSpine, turn: TurnRow): EventData<'turn_started'> {
  const causes = spine.messagesOfTurn(turn.id).filter((message) => message.role === 'user');
  return { turn_id: turn.id, message_ids: causes.map((message) => message.id), model: turn.model ?? '' };
}

function turnCompleted(spine: AgentSpine, turn: TurnRow): EventData<'turn_completed'> {
  const said = spine.messagesOfTurn(turn.id).filter((message) => message.role !== 'user');
  return {
    turn_id: turn.id,
    state: turn.state === 'cancelled' ? 'cancelled' : 'completed',
    messages: said.map((message) => message.id),
    usage: usageView(spine.usageOf(turn.id)),
    duration_ms: (turn.ended_at ?? turn.created_at) - (turn.started_at ?? turn.created_at),
  };
}

const RETRYABLE = new Set([
  'provider_rate_limited',
  'provider_overloaded',
  'provider_unreachable',
  'provider_timeout',
  'provider_bad_response',
  'interrupted',
]);

function turnFailed(spine: AgentSpine, turn: TurnRow): EventData<'turn_failed'> {
  const code = turn.error_code ?? 'internal';
  return {
    turn_id: turn.id,
    error: { code, message: turn.error_message ?? '' },
    retryable: RETRYABLE.has(code),
    usage: usageView(spine.usageOf(turn.id)),
  };
}
