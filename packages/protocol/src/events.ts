/** Everything the event stream can say: one payload schema per event, and one envelope around all of them. */

import * as z from 'zod';
import { Budget, CortexEvent, CronExecution, IngestFile } from './automation.ts';
import { Count, ErrorInfo, Timestamp } from './common.ts';
import { Issue } from './config.ts';
import { Delivery } from './deliveries.ts';
import { Maintenance, Memory } from './memories.ts';
import { Message, Usage } from './messages.ts';
import { Approval, Branch, ProcessType, Worker } from './processes.ts';

const compaction = z.object({
  level: z.enum(['background', 'aggressive', 'emergency']),
  tokens_before: Count,
  tokens_after: Count.nullable(),
  ok: z.boolean().nullable(),
});
const worker = z.object({ worker: Worker });
const branch = z.object({ branch: Branch });
const memory = z.object({ memory: Memory });
const execution = z.object({ execution: CronExecution });
const approval = z.object({ approval: Approval });
const delivery = z.object({ delivery: Delivery });
const budget = z.object({ budget: Budget });
const toolCall = { call_id: z.string(), tool: z.string(), process_type: ProcessType, process_id: z.string() };

/** Event name to the schema of its `data`. */
export const eventPayloads = {
  inbound_message: z.object({ message: Message }),
  outbound_message: z.object({ message: Message, replaced: z.boolean(), partial: z.boolean() }),
  /** `index` grows by one per delta of a message. */
  outbound_message_delta: z.object({ message_id: z.string(), index: Count, delta: z.string() }),
  reasoning_delta: z.object({ process_id: z.string(), index: Count, delta: z.string() }),
  typing_state: z.object({ typing: z.boolean() }),
  message_edited: z.object({ message_id: z.string(), content: z.string() }),
  message_deleted: z.object({ message_id: z.string() }),
  turn_started: z.object({ turn_id: z.string(), message_ids: z.array(z.string()), model: z.string() }),
  turn_completed: z.object({
    turn_id: z.string(),
    state: z.enum(['completed', 'cancelled']),
    messages: z.array(z.string()),
    usage: Usage,
    duration_ms: z.number(),
  }),
  turn_failed: z.object({ turn_id: z.string(), error: ErrorInfo, retryable: z.boolean(), usage: Usage }),
  branch_started: branch,
  branch_completed: branch,
  worker_started: worker,
  worker_status: worker,
  worker_idle: worker,
  worker_completed: worker,
  tool_started: z.object({ ...toolCall, arguments: z.record(z.string(), z.unknown()) }),
  tool_completed: z.object({
    ...toolCall,
    is_error: z.boolean(),
    code: z.string().nullable(),
    output_preview: z.string(),
    duration_ms: z.number(),
  }),
  tool_output: z.object({ call_id: z.string(), process_id: z.string(), stream: z.enum(['stdout', 'stderr']), line: z.string() }),
  compaction_started: compaction,
  compaction_completed: compaction,
  memory_saved: memory,
  memory_updated: memory,
  memory_forgotten: memory,
  memory_maintenance: z.object({ maintenance: Maintenance }),
  bulletin_updated: z.object({ words: Count, generated_at: Timestamp }),
  cortex_event: CortexEvent,
  cortex_chat_message: z.object({ thread_id: z.string(), message: Message }),
  cron_started: execution,
  cron_completed: execution,
  cron_disabled: z.object({ cron_id: z.string(), reason: z.string() }),
  ingest_updated: z.object({ file: IngestFile }),
  approval_requested: approval,
  approval_decided: approval,
  delivery_updated: delivery,
  delivery_dead: delivery,
  adapter_state: z.object({ key: z.string(), state: z.string(), previous: z.string().nullable(), error: ErrorInfo.nullable() }),
  admission_refused: z.object({
    adapter: z.string(),
    conversation_id: z.string(),
    sender: z.string(),
    reason: z.string(),
    binding: z.record(z.string(), z.unknown()),
  }),
  agent_state: z.object({ agent_id: z.string(), state: z.string(), previous: z.string().nullable() }),
  budget_warning: budget,
  budget_exceeded: budget,
  policy_violation: z.object({ code: z.string(), tool: z.string(), process_id: z.string(), summary: z.string() }),
  config_reloaded: z.object({ changed: z.array(z.string()), restart_required: z.array(z.string()), issues: z.array(Issue) }),
  config_reload_failed: z.object({ issues: z.array(Issue) }),
  skill_changed: z.object({ name: z.string(), scope: z.string(), change: z.enum(['added', 'updated', 'removed']) }),
  binding_changed: z.object({ binding_id: z.string(), change: z.enum(['added', 'updated', 'removed']) }),
  identity_changed: z.object({ file: z.string() }),
  lagged: z.object({ skipped: Count }),
  resync: z.object({ reason: z.string(), oldest_id: z.int().nullable(), latest_id: z.int().nullable() }),
  server_stopping: z.object({ restart: z.boolean() }),
} as const;

export type EventType = keyof typeof eventPayloads;
export type EventData<Type extends EventType> = z.infer<(typeof eventPayloads)[Type]>;

/** One event; `id` is `null` exactly when the event is ephemeral. */
export interface EventOf<Type extends EventType> {
  readonly id: number | null;
  readonly type: Type;
  readonly at: string;
  readonly agent_id: string | null;
  readonly conversation_id: string | null;
  readonly turn_id: string | null;
  readonly data: EventData<Type>;
}
/** Discriminated by `type`. */
export type SpacebotEvent = { [Type in EventType]: EventOf<Type> }[EventType];
