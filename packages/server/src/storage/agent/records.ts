/** The rows of an agent's database, named as the tables name them; times are milliseconds. */

export interface ConversationRow {
  id: string;
  adapter_key: string;
  display_name: string | null;
  place: string;
  parent_id: string | null;
  settings: string;
  status_text: string | null;
  revision: number;
  next_seq: number;
  session_no: number;
  session_from_seq: number;
  covered_to_seq: number;
  archived_at: number | null;
  last_activity_at: number;
  created_at: number;
}

export interface MessageRow {
  id: string;
  conversation_id: string;
  seq: number;
  role: 'user' | 'assistant' | 'system';
  author_id: string | null;
  author_name: string | null;
  content: string;
  attachments: string;
  platform_message_id: string | null;
  reply_to_id: string | null;
  turn_id: string | null;
  session_no: number;
  delivery: 'received' | 'queued' | 'sent' | 'delivered' | 'failed' | 'none';
  origin: string;
  metadata: string;
  edited_at: number | null;
  deleted_at: number | null;
  created_at: number;
}

export type TurnState = 'gathering' | 'ready' | 'running' | 'completed' | 'failed' | 'cancelled' | 'parked' | 'merged';

export interface TurnRow {
  id: string;
  conversation_id: string;
  cause: string;
  state: TurnState;
  owner: string | null;
  due_at: number;
  first_at: number;
  ordinal: number | null;
  attempt: number;
  crash_at: string | null;
  crash_count: number;
  first_cause: string | null;
  model: string | null;
  ending: string | null;
  error_code: string | null;
  error_message: string | null;
  created_at: number;
  started_at: number | null;
  ended_at: number | null;
}

export interface StepRow {
  owner_id: string;
  n: number;
  state: 'calling' | 'answered' | 'done';
  response: string | null;
}

export type ToolCallState = 'planned' | 'started' | 'awaiting' | 'done' | 'failed' | 'denied' | 'cancelled' | 'unknown';

export interface ToolCallRow {
  key: string;
  owner_id: string;
  step_n: number;
  idx: number;
  provider_call_id: string;
  tool: string;
  args: string;
  state: ToolCallState;
  attempt: number;
  result: string | null;
  created_at: number;
  started_at: number | null;
  ended_at: number | null;
}

export type DeliveryState = 'queued' | 'streaming' | 'sending' | 'delivered' | 'retrying' | 'ambiguous' | 'dead' | 'discarded';

export interface OutboxRow {
  position: number;
  id: string;
  item_id: string;
  part: number;
  adapter_key: string;
  conversation_id: string;
  kind: string;
  body: string;
  key: string;
  state: DeliveryState;
  owner: string | null;
  attempts: number;
  not_before: number | null;
  expires_at: number;
  sent_from: number | null;
  platform_message_id: string | null;
  error_code: string | null;
  error_message: string | null;
  error_permanent: number | null;
  turn_id: string | null;
  message_id: string | null;
  created_at: number;
  updated_at: number;
}

export interface MailboxRow {
  id: string;
  conversation_id: string;
  kind: string;
  dedupe_key: string;
  body_hash: string;
  message_id: string | null;
  after_seq: number | null;
  turn_id: string | null;
  state: string;
  outcome: string | null;
  authority: string;
  route: string;
  created_at: number;
  ended_at: number | null;
}

export interface UsageRow {
  input_tokens: number;
  output_tokens: number;
  cache_read_tokens: number;
  cache_write_tokens: number;
  reasoning_tokens: number;
  requests: number;
  cost_micro_usd: number;
  priced: number;
  unpriced: number;
}

export interface EventRow {
  seq: number;
  at: number;
  type: string;
  conversation_id: string | null;
  turn_id: string | null;
  ref: string | null;
  data: string;
}

export interface AttachmentRow {
  id: string;
  conversation_id: string;
  filename: string;
  mime_type: string;
  size: number;
  sha256: string;
}
