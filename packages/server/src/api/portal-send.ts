/** A message to the portal, answered in one of three forms: at once, at the end of its turn, or as the stream of its events. */

import type { BodyOf } from '@spacebot/protocol/endpoint';
import type { sendPortalMessage } from '@spacebot/protocol/endpoints/portal';
import type { EventType } from '@spacebot/protocol/events';
import type { ApiServices, PortalMessage, PortalReceipt } from '../app/api-services.ts';
import { InputError } from '../core/errors.ts';
import { checkContentSize } from './content-size.ts';
import type { EventStreams } from './event-streams.ts';
import { ALREADY_SENT, type Answer, disconnectSignal, type Exchange, type HandlerResult, ok } from './exchange.ts';
import { readIdempotencyKey } from './idempotency.ts';
import { invalidRequest } from './invalid-request.ts';
import { baseHeaders } from './respond.ts';
import { openResponseSink } from './stream-sink.ts';

export interface PortalSend {
  readonly agentId: string;
  readonly sessionId: string;
  readonly body: BodyOf<typeof sendPortalMessage>;
}

interface SendParts {
  readonly services: ApiServices;
  readonly streams: EventStreams;
}

const TURN_EVENTS: ReadonlySet<EventType> = new Set([
  'inbound_message',
  'turn_started',
  'typing_state',
  'outbound_message_delta',
  'reasoning_delta',
  'tool_started',
  'tool_completed',
  'branch_started',
  'branch_completed',
  'worker_started',
  'worker_status',
  'worker_idle',
  'worker_completed',
  'approval_requested',
  'outbound_message',
  'turn_completed',
  'turn_failed',
]);

/** A turn's text is bounded, so its reader may fall far behind before a delta would be lost. */
const MAX_PENDING_BYTES = 4 * 1024 * 1024;

const NO_USAGE = {
  input_tokens: 0,
  output_tokens: 0,
  cache_read_tokens: 0,
  cache_write_tokens: 0,
  reasoning_tokens: 0,
  requests: 0,
  cost_usd: 0,
  cost_status: 'priced' as const,
};
/** A message that is kept without a turn: a command for another bot, for example. */
const NOTHING_TO_ANSWER = { state: 'completed' as const, messages: [], usage: NO_USAGE, error: null };

export async function sendToPortal(parts: SendParts, exchange: Exchange, send: PortalSend): Promise<HandlerResult> {
  const message = toMessage(exchange, send.body);
  if (exchange.header('accept')?.includes('text/event-stream') === true) return streamTurn(parts, exchange, send, message);
  const { portal } = parts.services;
  const receipt = await portal.send(send.agentId, send.sessionId, message);
  if (send.body.wait_secs > 0 && receipt.turnId === '') return ok({ ...describe(receipt), ...NOTHING_TO_ANSWER });
  if (send.body.wait_secs > 0) return waitForTurn(parts, exchange, send, receipt);
  return { status: 202, body: { ...describe(receipt), state: 'queued' } };
}

function toMessage(exchange: Exchange, body: PortalSend['body']): PortalMessage {
  checkContentSize(body.content);
  const attachmentIds = body.attachments ?? [];
  if (body.content.trim() === '' && attachmentIds.length === 0) {
    throw invalidRequest([{ path: 'content', message: 'must not be empty without attachments' }]);
  }
  const id = body.sender?.id ?? 'operator';
  return {
    content: body.content,
    sender: { id, name: body.sender?.name ?? (body.sender?.id === undefined ? 'Operator' : id) },
    attachmentIds,
    replyToId: body.reply_to_id ?? null,
    key: readIdempotencyKey(exchange) ?? null,
  };
}

function describe({ message, turnId, conversationId }: PortalReceipt) {
  return { message, turn_id: turnId || null, conversation_id: conversationId };
}

async function waitForTurn({ services }: SendParts, exchange: Exchange, send: PortalSend, receipt: PortalReceipt): Promise<Answer> {
  const timeUp = new AbortController();
  const cancelTimer = services.clock.schedule(send.body.wait_secs * 1000, () => timeUp.abort(new Error('the time to wait is over')));
  const signal = AbortSignal.any([timeUp.signal, disconnectSignal(exchange)]);
  try {
    const end = await services.portal.waitTurn(send.agentId, receipt.turnId, signal);
    return ok({ ...describe(receipt), ...end });
  } catch (error) {
    if (!signal.aborted) throw error;
    return { status: 202, body: { ...describe(receipt), state: 'running' } };
  } finally {
    cancelTimer();
  }
}

async function streamTurn(parts: SendParts, exchange: Exchange, send: PortalSend, message: PortalMessage): Promise<HandlerResult> {
  const { outgoing } = exchange.connection;
  if (outgoing === undefined) throw new InputError('not_acceptable', 'Streams need a connection of their own.');
  parts.streams.checkRoom(exchange);
  const sink = openResponseSink(outgoing);
  const stream = parts.streams.open(exchange, {
    sink,
    filter: { agentId: send.agentId, types: TURN_EVENTS },
    maxPendingBytes: MAX_PENDING_BYTES,
    isLast: ({ type }) => type === 'turn_completed' || type === 'turn_failed',
  });
  stream.hold();
  try {
    const receipt = await parts.services.portal.send(send.agentId, send.sessionId, message);
    sink.start(baseHeaders(exchange));
    const { conversationId, turnId, duplicate } = receipt;
    // Kept without a turn, so nothing will follow.
    if (turnId === '') stream.end();
    await stream.release({ agentId: send.agentId, conversationId, turnId, types: TURN_EVENTS }, duplicate);
    return ALREADY_SENT;
  } catch (error) {
    stream.end();
    throw error;
  }
}
