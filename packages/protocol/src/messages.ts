/** What was said: messages, their attachments, and what answering cost. */

import * as z from 'zod';
import { Count, Id, Timestamp } from './common.ts';

export const Attachment = z
  .object({
    id: Id,
    filename: z.string(),
    mime_type: z.string(),
    /** Bytes. */
    size: Count,
    /** 64 hex digits. */
    sha256: z.string(),
    /** Path below the server's origin. */
    url: z.string(),
  })
  .register(z.globalRegistry, { id: 'Attachment' });
export type Attachment = z.infer<typeof Attachment>;

export const MessageRole = z.enum(['user', 'assistant', 'system']);
export type MessageRole = z.infer<typeof MessageRole>;

export const MessageDelivery = z.enum(['received', 'queued', 'sent', 'delivered', 'failed', 'none']);
export type MessageDelivery = z.infer<typeof MessageDelivery>;

export const Message = z
  .object({
    id: Id,
    agent_id: z.string(),
    conversation_id: Id,
    /** Grows by one per conversation. */
    seq: z.int(),
    role: MessageRole,
    author: z.object({ id: z.string(), name: z.string() }).nullable(),
    content: z.string(),
    attachments: z.array(Attachment),
    platform_message_id: z.string().nullable(),
    reply_to_id: z.string().nullable(),
    turn_id: z.string().nullable(),
    delivery: MessageDelivery,
    edited_at: Timestamp.nullable(),
    deleted_at: Timestamp.nullable(),
    metadata: z.record(z.string(), z.unknown()),
    created_at: Timestamp,
  })
  .register(z.globalRegistry, { id: 'Message' });
export type Message = z.infer<typeof Message>;

/** Tokens and money of one or many model calls; `cost_usd` has at most 6 decimals. */
export const Usage = z
  .object({
    input_tokens: Count,
    output_tokens: Count,
    cache_read_tokens: Count,
    cache_write_tokens: Count,
    reasoning_tokens: Count,
    requests: Count,
    cost_usd: z.number(),
    cost_status: z.enum(['priced', 'partial', 'unknown']),
  })
  .register(z.globalRegistry, { id: 'Usage' });
export type Usage = z.infer<typeof Usage>;
