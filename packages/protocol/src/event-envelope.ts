/** What is around every event; apart from the payloads, because the server needs only this to describe its API. */

import * as z from 'zod';
import { Timestamp } from './common.ts';

/** The envelope as a schema; `data` is checked by `eventPayloads[type]`. */
export const EventEnvelope = z
  .object({
    id: z.int().nullable(),
    type: z.string(),
    at: Timestamp,
    agent_id: z.string().nullable(),
    conversation_id: z.string().nullable(),
    turn_id: z.string().nullable(),
    data: z.record(z.string(), z.unknown()),
  })
  .register(z.globalRegistry, { id: 'Event' });
