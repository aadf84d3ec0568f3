/** Names of events as plain data, so that a reader of the stream needs no schemas. */

import type { EventType } from './events.ts';

/** Never stored, never replayed, `id` is `null`; true for ephemeral, false for durable. */
const EPHEMERAL: { readonly [Type in EventType]: boolean } = {
  inbound_message: false,
  outbound_message: false,
  outbound_message_delta: true,
  reasoning_delta: true,
  typing_state: true,
  message_edited: false,
  message_deleted: false,
  turn_started: false,
  turn_completed: false,
  turn_failed: false,
  branch_started: false,
  branch_completed: false,
  worker_started: false,
  worker_status: false,
  worker_idle: false,
  worker_completed: false,
  tool_started: false,
  tool_completed: false,
  tool_output: true,
  compaction_started: false,
  compaction_completed: false,
  memory_saved: false,
  memory_updated: false,
  memory_forgotten: false,
  memory_maintenance: false,
  bulletin_updated: false,
  cortex_event: false,
  cortex_chat_message: false,
  cron_started: false,
  cron_completed: false,
  cron_disabled: false,
  ingest_updated: false,
  approval_requested: false,
  approval_decided: false,
  delivery_updated: false,
  delivery_dead: false,
  adapter_state: false,
  admission_refused: false,
  agent_state: false,
  budget_warning: false,
  budget_exceeded: false,
  policy_violation: false,
  config_reloaded: false,
  config_reload_failed: false,
  skill_changed: false,
  binding_changed: false,
  identity_changed: false,
  lagged: true,
  resync: true,
  server_stopping: true,
};

export function isEventType(name: string): name is EventType {
  return Object.hasOwn(EPHEMERAL, name);
}

export function isEphemeral(type: EventType): boolean {
  return EPHEMERAL[type];
}

export const EVENT_TYPES: readonly EventType[] = Object.keys(EPHEMERAL).filter(isEventType);
