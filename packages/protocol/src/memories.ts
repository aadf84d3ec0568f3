/** What an agent remembers, and the upkeep of it. */

import * as z from 'zod';
import { Count, Id, Timestamp } from './common.ts';

export const MemoryType = z.enum(['identity', 'goal', 'decision', 'todo', 'preference', 'fact', 'event', 'observation']);
export type MemoryType = z.infer<typeof MemoryType>;

export const Memory = z
  .object({
    id: Id,
    agent_id: z.string(),
    type: MemoryType,
    content: z.string(),
    /** 0..1, with decay applied. */
    importance: z.number(),
    source: z.string(),
    conversation_id: z.string().nullable(),
    author: z.object({ id: z.string(), name: z.string().optional() }).nullable(),
    occurred_at: Timestamp,
    valid_from: Timestamp,
    valid_to: Timestamp.nullable(),
    audience: z.enum(['private', 'conversation', 'agent', 'public']),
    metadata: z.record(z.string(), z.unknown()),
    access_count: Count,
    forgotten: z.boolean(),
    forgotten_at: Timestamp.nullable(),
    created_at: Timestamp,
    updated_at: Timestamp,
    last_accessed_at: Timestamp.nullable(),
    embedding: z.enum(['ready', 'pending', 'failed', 'none']),
    revision: z.int(),
  })
  .register(z.globalRegistry, { id: 'Memory' });
export type Memory = z.infer<typeof Memory>;

export const Maintenance = z
  .object({
    id: Id,
    status: z.enum(['running', 'completed', 'failed', 'cancelled']),
    dry_run: z.boolean(),
    decayed: Count,
    pruned: Count,
    merged: Count,
    associated: Count,
    started_at: Timestamp,
    ended_at: Timestamp.nullable(),
    error: z.string().nullable(),
  })
  .register(z.globalRegistry, { id: 'Maintenance' });
export type Maintenance = z.infer<typeof Maintenance>;
