/** Work beside the conversation: branches, workers and the approvals they wait for. */

import * as z from 'zod';
import { Count, ErrorInfo, Id, Timestamp } from './common.ts';
import { Usage } from './messages.ts';

export const ProcessType = z.enum(['channel', 'branch', 'worker', 'compactor', 'cortex']);
export type ProcessType = z.infer<typeof ProcessType>;

const run = {
  id: Id,
  agent_id: z.string(),
  conversation_id: z.string().nullable(),
  status_text: z.string().nullable(),
  model: z.string(),
  turns: Count,
  tool_calls: Count,
  error: ErrorInfo.nullable(),
  blocked_by: z.string().nullable(),
  usage: Usage,
  created_at: Timestamp,
  started_at: Timestamp.nullable(),
  ended_at: Timestamp.nullable(),
  revision: z.int(),
};

export const WorkerStatus = z.enum([
  'queued',
  'running',
  'waiting_for_input',
  'waiting_for_approval',
  'cancelling',
  'completing',
  'succeeded',
  'partial',
  'failed',
  'cancelled',
  'timed_out',
  'blocked',
]);
export type WorkerStatus = z.infer<typeof WorkerStatus>;

export const Worker = z
  .object({
    ...run,
    branch_id: z.string().nullable(),
    type: z.string(),
    task: z.string(),
    task_type: z.string().nullable(),
    status: WorkerStatus,
    interactive: z.boolean(),
    directory: z.string().nullable(),
    result: z.string().nullable(),
  })
  .register(z.globalRegistry, { id: 'Worker' });
export type Worker = z.infer<typeof Worker>;

export const BranchStatus = z.enum(['running', 'cancelling', 'succeeded', 'failed', 'cancelled', 'timed_out']);
export type BranchStatus = z.infer<typeof BranchStatus>;

export const Branch = z
  .object({
    ...run,
    branch_id: z.string().nullable(),
    task: z.string(),
    description: z.string(),
    status: BranchStatus,
    result: z.string().nullable(),
    conclusion: z.string().nullable(),
  })
  .register(z.globalRegistry, { id: 'Branch' });
export type Branch = z.infer<typeof Branch>;

export const Approval = z
  .object({
    id: Id,
    code: z.string(),
    agent_id: z.string(),
    conversation_id: z.string().nullable(),
    process_type: ProcessType,
    process_id: z.string(),
    tool: z.string(),
    class: z.enum(['destructive', 'write']),
    summary: z.string(),
    arguments: z.record(z.string(), z.unknown()),
    status: z.enum(['pending', 'approved', 'denied', 'expired', 'cancelled']),
    scope: z.enum(['once', 'session']).nullable(),
    requested_at: Timestamp,
    expires_at: Timestamp,
    decided_at: Timestamp.nullable(),
    decided_by: z.string().nullable(),
    reason: z.string().nullable(),
  })
  .register(z.globalRegistry, { id: 'Approval' });
export type Approval = z.infer<typeof Approval>;
