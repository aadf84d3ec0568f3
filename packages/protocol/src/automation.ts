/** What happens without anybody writing: cron runs, ingested files, the cortex's notes and budgets. */

import * as z from 'zod';
import { Count, ErrorInfo, Id, Timestamp } from './common.ts';
import { Usage } from './messages.ts';

export const CronExecution = z
  .object({
    id: Id,
    cron_id: z.string(),
    trigger: z.enum(['schedule', 'manual']),
    status: z.enum(['running', 'succeeded', 'failed', 'timed_out', 'skipped']),
    delivery: z.enum(['none', 'queued', 'delivered', 'failed']),
    output: z.string().nullable(),
    error: ErrorInfo.nullable(),
    delivery_id: z.string().nullable(),
    started_at: Timestamp,
    ended_at: Timestamp.nullable(),
    usage: Usage,
  })
  .register(z.globalRegistry, { id: 'CronExecution' });
export type CronExecution = z.infer<typeof CronExecution>;

export const IngestFile = z
  .object({
    id: Id,
    filename: z.string(),
    size: Count,
    sha256: z.string(),
    status: z.enum(['queued', 'processing', 'completed', 'failed']),
    chunks_total: Count,
    chunks_done: Count,
    memories_created: Count,
    attempts: Count,
    error: z.string().nullable(),
    created_at: Timestamp,
    completed_at: Timestamp.nullable(),
  })
  .register(z.globalRegistry, { id: 'IngestFile' });
export type IngestFile = z.infer<typeof IngestFile>;

export const CortexEvent = z
  .object({
    id: Id,
    kind: z.enum(['health', 'anomaly', 'maintenance', 'bulletin', 'association', 'consolidation', 'observation', 'breaker']),
    severity: z.enum(['info', 'warn', 'error']),
    summary: z.string(),
    details: z.record(z.string(), z.unknown()),
    at: Timestamp,
  })
  .register(z.globalRegistry, { id: 'CortexEvent' });
export type CortexEvent = z.infer<typeof CortexEvent>;

export const Budget = z
  .object({
    agent_id: z.string(),
    scope: z.enum(['session', 'daily', 'monthly']),
    conversation_id: z.string().nullable(),
    limit_usd: z.number().nullable(),
    granted_usd: z.number(),
    used_usd: z.number(),
    percent: z.number().nullable(),
    state: z.enum(['unlimited', 'ok', 'warning', 'exceeded']),
    on_exceeded: z.enum(['block', 'warn']),
    window_start: Timestamp.nullable(),
    window_end: Timestamp.nullable(),
  })
  .register(z.globalRegistry, { id: 'Budget' });
export type Budget = z.infer<typeof Budget>;
