/** The event stream and the history of events. */

import { listEvents, streamEvents } from '@spacebot/protocol/endpoints/events';
import type { EventType } from '@spacebot/protocol/events';
import type { EventFilter } from '../../app/api-services.ts';
import { InputError } from '../../core/errors.ts';
import { toPage, toPageRequest } from '../cursor.ts';
import { ALREADY_SENT, type Exchange, ok } from '../exchange.ts';
import { invalidRequest } from '../invalid-request.ts';
import { baseHeaders } from '../respond.ts';
import { type Route, route } from '../route.ts';
import { openResponseSink } from '../stream-sink.ts';
import type { RouteParts } from './route-parts.ts';

/** What one reader may leave unread before it is served from the log. */
const MAX_PENDING_BYTES = 256 * 1024;
const EVENT_ID = /^\d{1,15}$/;

export function eventRoutes({ services: { events }, streams }: RouteParts): Route[] {
  return [
    route(streamEvents, async ({ query, exchange }) => {
      const { outgoing } = exchange.connection;
      if (outgoing === undefined || !acceptsEvents(exchange)) {
        throw new InputError('not_acceptable', 'This is a stream of text/event-stream; GET /api/events/history is its list.');
      }
      streams.checkRoom(exchange);
      const after = lastEventId(exchange) ?? query.after;
      const sink = openResponseSink(outgoing);
      sink.start(baseHeaders(exchange));
      // What happened before is in its place now, so that a stream without a replay begins with what comes.
      await events.bounds();
      const stream = streams.open(exchange, { sink, filter: toFilter(query), maxPendingBytes: MAX_PENDING_BYTES });
      if (after !== undefined) await stream.replayFrom(after);
      return ALREADY_SENT;
    }),
    route(listEvents, async ({ query }) => {
      const { limit, after: from } = toPageRequest('events', query);
      const after = typeof from?.[0] === 'number' ? from[0] : (query.after ?? 0);
      const found = await events.read(after, toFilter(query), limit + 1);
      const items = found.slice(0, limit);
      const last = items.at(-1)?.id ?? null;
      return ok(toPage('events', { items, next: found.length > limit && last !== null ? [last] : null }));
    }),
  ];
}

/** The header of a reconnecting reader wins over the parameter it first came with. Throws `invalid_request`. */
function lastEventId(exchange: Exchange): number | undefined {
  const header = exchange.header('last-event-id');
  if (header === undefined || header === '') return undefined;
  if (!EVENT_ID.test(header)) throw invalidRequest([{ path: 'Last-Event-ID', message: 'expected the decimal id of an event' }]);
  return Number(header);
}

function acceptsEvents(exchange: Exchange): boolean {
  const accept = exchange.header('accept');
  return accept === undefined || ['text/event-stream', 'text/*', '*/*'].some((type) => accept.includes(type));
}

interface FilterQuery {
  readonly agent_id?: string | undefined;
  readonly conversation_id?: string | undefined;
  readonly types?: readonly EventType[] | undefined;
}

function toFilter({ agent_id, conversation_id, types }: FilterQuery): EventFilter {
  return {
    ...(agent_id === undefined ? {} : { agentId: agent_id }),
    ...(conversation_id === undefined ? {} : { conversationId: conversation_id }),
    ...(types === undefined ? {} : { types: new Set(types) }),
  };
}
