/** One message on its way in or out, with the trace of what became of it. */

import * as z from 'zod';
import { Count, Id, Timestamp } from './common.ts';

export const DeliveryDirection = z.enum(['inbound', 'outbound']);
export type DeliveryDirection = z.infer<typeof DeliveryDirection>;

const INBOUND = ['received', 'queued', 'processing', 'done', 'failed', 'dead', 'rejected', 'duplicate'] as const;
const OUTBOUND = ['queued', 'sending', 'delivered', 'retrying', 'ambiguous', 'dead', 'discarded'] as const;
export const InboundStatus = z.enum(INBOUND);
export type InboundStatus = z.infer<typeof InboundStatus>;
export const OutboundStatus = z.enum(OUTBOUND);
export type OutboundStatus = z.infer<typeof OutboundStatus>;
export const DeliveryStatus = z.enum([...INBOUND, ...OUTBOUND]);
export type DeliveryStatus = z.infer<typeof DeliveryStatus>;

export const TraceStep = z.enum([
  'received',
  'admitted',
  'rejected',
  'routed',
  'queued',
  'turn_started',
  'turn_ended',
  'enqueued',
  'attempt',
  'sent',
  'failed',
  'dead',
]);
export type TraceStep = z.infer<typeof TraceStep>;

export const Delivery = z
  .object({
    id: Id,
    direction: DeliveryDirection,
    agent_id: z.string().nullable(),
    conversation_id: z.string().nullable(),
    adapter: z.string(),
    target: z.string().nullable(),
    kind: z.enum(['message', 'edit', 'reaction', 'file', 'callback']),
    status: DeliveryStatus,
    reason: z.string().nullable(),
    attempts: Count,
    next_attempt_at: Timestamp.nullable(),
    last_error: z.object({ code: z.string(), message: z.string(), permanent: z.boolean() }).nullable(),
    platform_message_id: z.string().nullable(),
    idempotency_key: z.string().nullable(),
    message_id: z.string().nullable(),
    preview: z.string(),
    created_at: Timestamp,
    updated_at: Timestamp,
    /** Only where one delivery is asked for. */
    trace: z.array(z.object({ step: TraceStep, at: Timestamp, detail: z.string().nullable() })).optional(),
  })
  .register(z.globalRegistry, { id: 'Delivery' });
export type Delivery = z.infer<typeof Delivery>;
