CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE conversations (
  id TEXT PRIMARY KEY,
  adapter_key TEXT NOT NULL,
  display_name TEXT,
  place TEXT NOT NULL,
  parent_id TEXT,
  settings TEXT NOT NULL DEFAULT '{}',
  status_text TEXT,
  revision INTEGER NOT NULL DEFAULT 1,
  next_seq INTEGER NOT NULL DEFAULT 1,
  next_ordinal INTEGER NOT NULL DEFAULT 1,
  session_no INTEGER NOT NULL DEFAULT 1,
  session_from_seq INTEGER NOT NULL DEFAULT 1,
  covered_to_seq INTEGER NOT NULL DEFAULT 0,
  history_rev INTEGER NOT NULL DEFAULT 0,
  archived_at INTEGER,
  last_activity_at INTEGER NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX conversations_by_activity ON conversations (last_activity_at, id);

CREATE TABLE messages (
  id TEXT PRIMARY KEY,
  conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
  seq INTEGER NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('user', 'assistant', 'system')),
  author_id TEXT,
  author_name TEXT,
  content TEXT NOT NULL,
  attachments TEXT NOT NULL DEFAULT '[]',
  platform_message_id TEXT,
  reply_to_id TEXT,
  turn_id TEXT,
  session_no INTEGER NOT NULL,
  delivery TEXT NOT NULL CHECK (delivery IN ('received', 'queued', 'sent', 'delivered', 'failed', 'none')),
  origin TEXT NOT NULL,
  metadata TEXT NOT NULL DEFAULT '{}',
  edited_at INTEGER,
  deleted_at INTEGER,
  created_at INTEGER NOT NULL,
  UNIQUE (conversation_id, seq)
) STRICT;
CREATE INDEX messages_by_turn ON messages (turn_id);
CREATE INDEX messages_by_platform_id ON messages (conversation_id, platform_message_id) WHERE platform_message_id IS NOT NULL;

CREATE TABLE attachments (
  id TEXT PRIMARY KEY,
  conversation_id TEXT NOT NULL,
  filename TEXT NOT NULL,
  mime_type TEXT NOT NULL,
  size INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
CREATE INDEX attachments_by_conversation ON attachments (conversation_id);

CREATE TABLE mailbox (
  id TEXT PRIMARY KEY,
  conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  dedupe_key TEXT NOT NULL UNIQUE,
  body_hash TEXT NOT NULL,
  message_id TEXT,
  after_seq INTEGER,
  turn_id TEXT,
  state TEXT NOT NULL CHECK (state IN ('queued', 'claimed', 'done', 'failed', 'dead', 'cancelled', 'expired')),
  outcome TEXT,
  authority TEXT NOT NULL,
  route TEXT NOT NULL,
  answer_by INTEGER,
  created_at INTEGER NOT NULL,
  ended_at INTEGER,
  error TEXT
) STRICT;
CREATE INDEX mailbox_open ON mailbox (conversation_id, id) WHERE state IN ('queued', 'claimed');
CREATE INDEX mailbox_by_turn ON mailbox (turn_id);

CREATE TABLE turns (
  id TEXT PRIMARY KEY,
  conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
  cause TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('gathering', 'ready', 'running', 'completed', 'failed', 'cancelled', 'parked', 'merged')),
  owner TEXT,
  due_at INTEGER NOT NULL,
  first_at INTEGER NOT NULL,
  ordinal INTEGER,
  merged_into TEXT,
  attempt INTEGER NOT NULL DEFAULT 0,
  crash_at TEXT,
  crash_count INTEGER NOT NULL DEFAULT 0,
  config_hash TEXT,
  model TEXT,
  first_cause TEXT,
  retriggers INTEGER NOT NULL DEFAULT 0,
  ending TEXT,
  error_code TEXT,
  error_message TEXT,
  created_at INTEGER NOT NULL,
  started_at INTEGER,
  ended_at INTEGER
) STRICT;
CREATE UNIQUE INDEX turns_gathering ON turns (conversation_id) WHERE state = 'gathering';
CREATE UNIQUE INDEX turns_running ON turns (conversation_id) WHERE state = 'running';
CREATE INDEX turns_open ON turns (conversation_id, id) WHERE state IN ('gathering', 'ready', 'running');
CREATE INDEX turns_by_conversation ON turns (conversation_id, ordinal);

CREATE TABLE steps (
  owner_id TEXT NOT NULL,
  n INTEGER NOT NULL,
  owner_kind TEXT NOT NULL CHECK (owner_kind IN ('turn', 'branch', 'worker')),
  state TEXT NOT NULL CHECK (state IN ('calling', 'answered', 'done')),
  format INTEGER NOT NULL,
  response TEXT,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (owner_id, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE tool_calls (
  key TEXT PRIMARY KEY,
  owner_id TEXT NOT NULL,
  step_n INTEGER NOT NULL,
  idx INTEGER NOT NULL,
  provider_call_id TEXT NOT NULL,
  tool TEXT NOT NULL,
  args TEXT NOT NULL,
  args_hash TEXT NOT NULL,
  effect TEXT NOT NULL,
  repeat TEXT NOT NULL CHECK (repeat IN ('safe', 'keyed', 'never')),
  state TEXT NOT NULL CHECK (state IN ('planned', 'started', 'awaiting', 'done', 'failed', 'denied', 'cancelled', 'unknown')),
  attempt INTEGER NOT NULL DEFAULT 0,
  owner TEXT,
  result TEXT,
  created_at INTEGER NOT NULL,
  started_at INTEGER,
  ended_at INTEGER,
  UNIQUE (owner_id, step_n, idx)
) STRICT;
CREATE INDEX tool_calls_open ON tool_calls (state) WHERE state IN ('planned', 'started', 'awaiting');

CREATE TABLE outbox (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  item_id TEXT NOT NULL,
  part INTEGER NOT NULL,
  adapter_key TEXT NOT NULL,
  conversation_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  body TEXT NOT NULL,
  body_hash TEXT NOT NULL,
  key TEXT NOT NULL UNIQUE,
  state TEXT NOT NULL CHECK (state IN ('queued', 'streaming', 'sending', 'delivered', 'retrying', 'ambiguous', 'dead', 'discarded')),
  owner TEXT,
  attempts INTEGER NOT NULL DEFAULT 0,
  not_before INTEGER,
  expires_at INTEGER NOT NULL,
  sent_from INTEGER,
  platform_message_id TEXT,
  error_code TEXT,
  error_message TEXT,
  error_permanent INTEGER,
  turn_id TEXT,
  message_id TEXT,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  UNIQUE (item_id, part)
) STRICT;
CREATE INDEX outbox_open ON outbox (adapter_key, conversation_id, position)
  WHERE state IN ('queued', 'streaming', 'sending', 'retrying', 'ambiguous');
CREATE INDEX outbox_by_turn ON outbox (turn_id) WHERE turn_id IS NOT NULL;
CREATE INDEX outbox_by_message ON outbox (message_id) WHERE message_id IS NOT NULL;

CREATE TABLE model_calls (
  id TEXT PRIMARY KEY,
  owner_id TEXT NOT NULL,
  step_n INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  conversation_id TEXT,
  session_no INTEGER,
  sender TEXT,
  job TEXT,
  process TEXT NOT NULL,
  provider TEXT NOT NULL,
  model TEXT NOT NULL,
  request_id TEXT,
  state TEXT NOT NULL CHECK (state IN ('reserved', 'dispatched', 'settled', 'failed', 'assumed')),
  owner TEXT,
  input_tokens INTEGER NOT NULL DEFAULT 0,
  output_tokens INTEGER NOT NULL DEFAULT 0,
  cache_read_tokens INTEGER NOT NULL DEFAULT 0,
  cache_write_tokens INTEGER NOT NULL DEFAULT 0,
  reasoning_tokens INTEGER NOT NULL DEFAULT 0,
  cost_micro_usd INTEGER NOT NULL DEFAULT 0,
  cost_status TEXT NOT NULL DEFAULT 'unknown' CHECK (cost_status IN ('priced', 'partial', 'unknown')),
  error_code TEXT,
  created_at INTEGER NOT NULL,
  ended_at INTEGER,
  UNIQUE (owner_id, step_n, attempt)
) STRICT;
CREATE INDEX model_calls_open ON model_calls (state) WHERE state IN ('reserved', 'dispatched');
CREATE INDEX model_calls_by_time ON model_calls (created_at);

CREATE TABLE events (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  type TEXT NOT NULL,
  conversation_id TEXT,
  turn_id TEXT,
  ref TEXT,
  data TEXT NOT NULL DEFAULT '{}'
) STRICT;

CREATE TABLE cursors (
  reader TEXT PRIMARY KEY,
  seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
