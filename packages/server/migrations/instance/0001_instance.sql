CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE boots (
  run_id TEXT PRIMARY KEY,
  started_at INTEGER NOT NULL,
  ready_at INTEGER,
  ended_at INTEGER,
  clean INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE owners (
  adapter_key TEXT NOT NULL,
  conversation_id TEXT NOT NULL,
  agent_id TEXT NOT NULL,
  first_seen INTEGER NOT NULL,
  PRIMARY KEY (adapter_key, conversation_id, agent_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE adapter_state (
  adapter_key TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (adapter_key, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE adapter_replies (
  adapter_key TEXT NOT NULL,
  conversation_id TEXT NOT NULL,
  seq INTEGER NOT NULL,
  key TEXT NOT NULL UNIQUE,
  agent_id TEXT NOT NULL,
  body TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (adapter_key, conversation_id, seq)
) STRICT;
CREATE INDEX adapter_replies_by_age ON adapter_replies (created_at);

CREATE TABLE reply_cursors (
  adapter_key TEXT NOT NULL,
  conversation_id TEXT NOT NULL,
  last_seq INTEGER NOT NULL DEFAULT 0,
  handed_out INTEGER NOT NULL DEFAULT 0,
  oldest_lost INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (adapter_key, conversation_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE journal (
  id INTEGER PRIMARY KEY,
  agent_uid TEXT NOT NULL,
  log_epoch TEXT NOT NULL,
  agent_seq INTEGER NOT NULL,
  at INTEGER NOT NULL,
  type TEXT NOT NULL,
  agent_id TEXT,
  conversation_id TEXT,
  turn_id TEXT,
  ref TEXT,
  data TEXT NOT NULL,
  UNIQUE (agent_uid, log_epoch, agent_seq)
) STRICT;
CREATE INDEX journal_by_age ON journal (at);

CREATE TABLE relay_cursors (
  agent_uid TEXT NOT NULL,
  log_epoch TEXT NOT NULL,
  seq INTEGER NOT NULL,
  PRIMARY KEY (agent_uid, log_epoch)
) STRICT, WITHOUT ROWID;

CREATE TABLE api_keys_seen (
  scope TEXT PRIMARY KEY,
  fingerprint TEXT NOT NULL,
  status INTEGER NOT NULL,
  headers TEXT NOT NULL,
  body TEXT NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX api_keys_seen_by_expiry ON api_keys_seen (expires_at);

CREATE TABLE rejections (
  id TEXT PRIMARY KEY,
  adapter_key TEXT NOT NULL,
  conversation_id TEXT NOT NULL,
  sender_id TEXT NOT NULL,
  reason TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE agents (
  uid TEXT PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  state TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  purge_at INTEGER
) STRICT;

CREATE TABLE sessions (
  id TEXT PRIMARY KEY,
  token_hash TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE settings (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
