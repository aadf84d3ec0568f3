/** What `[defaults]` holds and every `[[agents]]` entry may override. */

import {
  anything,
  bool,
  credential,
  eitherOf,
  float,
  int,
  ints,
  limitedText,
  listMap,
  oneOf,
  pattern,
  table,
  tables,
  text,
  textMap,
  texts,
  url,
} from './keys.ts';

const thinkingEffort = () => oneOf('auto', 'none', 'low', 'medium', 'high').default('auto');
const model = () => pattern(/^\S+$/, 'model string "provider/model"').optional();
const threshold = (value: number) => float(0.1, 0.99).default(value);

/** A slot without a model takes the tested default of the first configured provider. */
function routing() {
  const slotModel = model();
  const effort = thinkingEffort();
  return table({
    channel: slotModel,
    branch: slotModel,
    worker: slotModel,
    compactor: slotModel,
    cortex: slotModel,
    voice: slotModel,
    channel_thinking_effort: effort,
    branch_thinking_effort: effort,
    worker_thinking_effort: effort,
    compactor_thinking_effort: effort,
    cortex_thinking_effort: effort,
    voice_thinking_effort: effort,
    rate_limit_cooldown_secs: int().default(60),
    task_overrides: textMap().default({}),
    fallbacks: listMap().default({}),
  });
}

const chronicle = () =>
  table({
    interval_messages: int(1).default(40),
    interval_token_fraction: float(0, 1).default(0.12),
    recent_window_hours: int(1).default(24),
    max_recent: int().default(8),
    max_older: int().default(12),
    context_token_budget: int().default(2000),
    expand_message_limit: int(1).default(100),
    max_messages_per_checkpoint: int(1).default(400),
    rollup_threshold: int(1).default(12),
    rollup_batch: int(1).default(8),
  });

const compaction = () =>
  table({
    mode: oneOf('rolling', 'chronicle').default('rolling'),
    background_threshold: threshold(0.8),
    aggressive_threshold: threshold(0.85),
    emergency_threshold: threshold(0.95),
    chronicle: chronicle().prefault({}),
  });

const cortex = () =>
  table({
    enabled: bool().default(true),
    mode: oneOf('active', 'dormant').default('active'),
    tick_interval_secs: int(1).default(30),
    bulletin_interval_secs: int().default(3600),
    bulletin_max_words: int(1).default(500),
    worker_wall_clock_timeout_secs: int(1).default(1800),
    circuit_breaker_threshold: int(1).default(3),
    maintenance_interval_secs: int(1).default(3600),
    association_interval_secs: int(1).default(300),
    association_similarity: float(0, 1).default(0.85),
    merge_similarity: float(0, 1).default(0.95),
    decay_rate_per_day: float(0, 1).default(0.05),
    prune_importance: float(0, 1).default(0.1),
    prune_min_age_days: int().default(30),
  });

const coalesce = () =>
  table({
    enabled: bool().default(true),
    debounce_ms: int().default(1500),
    max_wait_ms: int().default(5000),
    min_messages: int(1).default(2),
    multi_user_only: bool().default(true),
  });

const embedding = () =>
  table({
    provider: oneOf('local', 'openai_compatible', 'hash').default('local'),
    model: text().default('all-MiniLM-L6-v2'),
    base_url: url().optional(),
    api_key: credential().optional(),
    dimensions: int(1).optional(),
    batch_size: int(1).default(32),
  });

const memory = () => table({ vector_engine: oneOf('auto', 'exact', 'lancedb').default('auto'), auto_threshold: int().default(50_000) });

const ingestion = () =>
  table({
    enabled: bool().default(true),
    poll_interval_secs: int(1).default(30),
    chunk_size: int(1).default(4000),
    max_file_bytes: int(1).default(52_428_800),
    max_attempts: int(1).default(3),
  });

const warmup = () =>
  table({
    enabled: bool().default(true),
    eager_embedding_load: bool().default(false),
    refresh_secs: int(1).default(900),
    startup_delay_secs: int().default(5),
  });

const browser = () =>
  table({
    enabled: bool().default(true),
    headless: bool().default(true),
    evaluate_enabled: bool().default(false),
    persist_session: bool().default(false),
    close_policy: oneOf('close_browser', 'close_tabs', 'detach').default('close_browser'),
    executable_path: text().optional(),
    screenshot_dir: text().optional(),
  });

const channel = () =>
  table({
    response_mode: oneOf('active', 'observe', 'mention_only').default('active'),
    save_attachments: bool().default(true),
    stream: bool().default(true),
    show_errors: oneOf('generic', 'detailed').default('generic'),
    answer_deadline_secs: int(1).default(900),
    listen_only_mode: bool().optional(),
  });

const sandbox = () =>
  table({
    mode: oneOf('enabled', 'best_effort', 'disabled').default('enabled'),
    writable_paths: texts().default([]),
    passthrough_env: texts().default([]),
    network_hosts: texts().default([]),
  });

const ssrf = () =>
  table({
    allow_hosts: texts().default([]),
    allow_cidrs: texts().default([]),
    deny_hosts: texts().default([]),
    allow_ports: ints(1, 65_535).default([]),
  });

const security = () =>
  table({
    autonomy: oneOf('readonly', 'supervised', 'full').default('supervised'),
    approval_timeout_secs: int(10, 604_800).default(900),
    require_approval: texts().default([]),
    never_require_approval: texts().default([]),
    command_allowlist: texts().default([]),
    command_blocklist: texts().default([]),
    ssrf: ssrf().prefault({}),
    leak_scan: oneOf('block', 'redact', 'off').default('block'),
    max_tool_output_bytes: int(1).default(50_000),
  });

const budget = () =>
  table({
    session_usd: float().optional(),
    daily_usd: float().optional(),
    monthly_usd: float().optional(),
    warn_percent: int(1, 99).default(80),
    on_exceeded: oneOf('block', 'warn').default('block'),
    unpriced: oneOf('estimate', 'block').default('estimate'),
    unpriced_input_per_mtok: float().default(15),
    unpriced_output_per_mtok: float().default(75),
  });

const scalars = () => ({
  max_concurrent_branches: int(1, 64).default(5),
  max_concurrent_workers: int(1, 64).default(5),
  max_turns: int(1, 200).default(5),
  branch_max_turns: int(1, 200).default(10),
  worker_max_turns: int(1, 500).default(50),
  context_window: int(4000, 4_000_000).default(128_000),
  history_backfill_count: int(0, 200).default(50),
  tool_use_enforcement: eitherOf('"auto", "always", "never" or array of models', [oneOf('auto', 'always', 'never'), texts()]).default(
    'auto',
  ),
  worker_log_mode: oneOf('errors_only', 'all_separate', 'all_combined').default('errors_only'),
  cron_timezone: text().optional(),
  user_timezone: text().optional(),
  home_channel: text().optional(),
  brave_search_key: credential().optional(),
});

/** Keys of the Rust Spacebot that load and do nothing. */
const foreign = () => ({
  autonomy: anything(),
  opencode: anything(),
  projects: anything(),
  skills: anything(),
  participant_context: anything(),
  working_memory: anything(),
  human_profile_cap: anything(),
  mcp: anything(),
});

export const settingsShape = () => ({
  ...scalars(),
  routing: routing().prefault({}),
  compaction: compaction().prefault({}),
  cortex: cortex().prefault({}),
  coalesce: coalesce().prefault({}),
  memory_persistence: table({ enabled: bool().default(true), message_interval: int(1).default(50) }).prefault({}),
  embedding: embedding().prefault({}),
  memory: memory().prefault({}),
  ingestion: ingestion().prefault({}),
  warmup: warmup().prefault({}),
  browser: browser().prefault({}),
  channel: channel().prefault({}),
  sandbox: sandbox().prefault({}),
  security: security().prefault({}),
  budget: budget().prefault({}),
  ...foreign(),
});

const idPattern = () => pattern(/^[a-z0-9][a-z0-9_-]{0,62}$/, 'id of a-z, 0-9, "_" and "-", at most 63 characters');

const cronJob = () =>
  table({
    id: idPattern(),
    prompt: limitedText(10_000),
    cron_expr: text().optional(),
    interval_secs: int(60).default(3600),
    delivery_target: text(),
    active_start_hour: int(0, 23).optional(),
    active_end_hour: int(0, 23).optional(),
    timezone: text().optional(),
    enabled: bool().default(true),
    run_once: bool().default(false),
    timeout_secs: int(1).default(1500),
  });

/** `settings` is the shape of `[defaults]`, shared so that it is built once. */
export const agentShape = <Settings extends ReturnType<typeof settingsShape>>(settings: Settings) => ({
  id: idPattern(),
  default: bool().optional(),
  display_name: text().optional(),
  role: text().optional(),
  workspace: text().optional(),
  ...settings,
  cron: tables(cronJob()).default([]),
  wakes: anything(),
  gradient_start: anything(),
  gradient_end: anything(),
});
