/** What happened and what happens now. */

import * as z from 'zod';
import { page, queryInteger, queryWords } from '../common.ts';
import { defineEndpoint } from '../endpoint.ts';
import { EventEnvelope } from '../event-envelope.ts';
import { EVENT_TYPES } from '../event-types.ts';

const filter = {
  agent_id: z.string().optional(),
  conversation_id: z.string().optional(),
  types: queryWords(EVENT_TYPES).optional(),
};
const after = queryInteger(0, Number.MAX_SAFE_INTEGER).optional();

export const streamEvents = defineEndpoint({
  name: 'streamEvents',
  method: 'GET',
  path: '/events',
  summary: 'Events as they happen; `Last-Event-ID` or `after` replays first, without gap or repeat.',
  tag: 'events',
  access: 'token',
  query: z.strictObject({ ...filter, after }),
  produces: 'text/event-stream',
  responses: { 200: null },
});

export const listEvents = defineEndpoint({
  name: 'listEvents',
  method: 'GET',
  path: '/events/history',
  summary: 'Retained events, ascending by id.',
  tag: 'events',
  access: 'token',
  query: z.strictObject({ ...filter, after, limit: queryInteger(1, 200).default(50), cursor: z.string().min(1).max(1024).optional() }),
  responses: { 200: page(EventEnvelope) },
});
