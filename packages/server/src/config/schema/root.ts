/** The whole key tree of `config.toml`, built once and only when something is loaded or checked. */

import type * as z from 'zod';
import {
  anything,
  bool,
  credential,
  credentialMap,
  eitherOf,
  float,
  int,
  longCredential,
  oneOf,
  requiredText,
  table,
  tableMap,
  tables,
  text,
  texts,
  url,
} from './keys.ts';
import { binding, messaging } from './messaging.ts';
import { agentShape, settingsShape } from './settings.ts';

/** Built-in providers in the order in which the first configured one is looked for. */
function providerKeys() {
  const providerKey = credential().optional();
  return {
    anthropic_key: providerKey,
    openai_key: providerKey,
    openrouter_key: providerKey,
    kilo_key: providerKey,
    zhipu_key: providerKey,
    groq_key: providerKey,
    together_key: providerKey,
    fireworks_key: providerKey,
    deepseek_key: providerKey,
    xai_key: providerKey,
    mistral_key: providerKey,
    gemini_key: providerKey,
    nvidia_key: providerKey,
    minimax_key: providerKey,
    minimax_cn_key: providerKey,
    moonshot_key: providerKey,
    zai_coding_plan_key: providerKey,
    opencode_zen_key: providerKey,
    opencode_go_key: providerKey,
    github_copilot_key: providerKey,
    ollama_key: providerKey,
  };
}

/** `base_url` and `api_key` must be written; one that refers to nothing counts as missing and only this provider is off. */
const customProvider = () =>
  table({
    api_type: oneOf('anthropic', 'openai_completions', 'openai_chat_completions', 'openai_responses', 'gemini', 'kilo_gateway', 'azure'),
    base_url: url().optional(),
    api_key: credential().optional(),
    name: requiredText().optional(),
    api_version: text().optional(),
    deployment: text().optional(),
    headers: credentialMap().default({}),
    timeout_secs: int(1).default(600),
    first_byte_timeout_secs: int(1).default(120),
    idle_timeout_secs: int(1).default(60),
    max_retries: int(0, 10).default(2),
  });

const price = () => float().default(0);

const llm = () =>
  table({
    ...providerKeys(),
    ollama_base_url: url().optional(),
    provider: tableMap(customProvider()).default({}),
    pricing: tableMap(
      table({ input_per_mtok: price(), output_per_mtok: price(), cache_read_per_mtok: price(), cache_write_per_mtok: price() }),
    ).default({}),
  });

const api = () =>
  table({
    enabled: bool().default(true),
    port: int(0, 65_535).default(19_898),
    bind: requiredText().default('127.0.0.1'),
    auth: oneOf('token', 'none').default('token'),
    auth_token: longCredential(16).optional(),
    session_ttl_secs: int(60, 31_536_000).default(604_800),
    allowed_hosts: texts().default([]),
    allowed_origins: texts().default([]),
    trusted_proxies: texts().default([]),
    rate_limit: table({ requests_per_minute: int().default(600), burst: int().default(120) }).prefault({}),
    ui: bool().default(true),
  });

const telemetry = () =>
  table({
    otlp_endpoint: url().optional(),
    otlp_headers: eitherOf('string or table of strings', [credential(), credentialMap()], { credential: true, reference: true }).optional(),
    service_name: text().default('spacebot'),
    sample_rate: float(0, 1).default(1),
    capture_content: bool().default(false),
  });

const instanceShape = () => ({
  api: api().prefault({}),
  metrics: table({
    enabled: bool().default(false),
    port: int(0, 65_535).default(9090),
    bind: requiredText().default('127.0.0.1'),
  }).prefault({}),
  telemetry: telemetry().prefault({}),
  logging: table({
    level: oneOf('error', 'warn', 'info', 'debug', 'trace').default('info'),
    format: oneOf('json', 'pretty').default('json'),
    retention_days: int(1).default(14),
  }).prefault({}),
  audit: table({
    enabled: bool().default(true),
    max_bytes: int(1).default(52_428_800),
    max_files: int(1).default(10),
    hash_chain: bool().default(true),
  }).prefault({}),
  secrets: table({ default_category: oneOf('system', 'tool').default('system'), seal_config: bool().default(true) }).prefault({}),
  llm: llm().prefault({}),
  messaging: messaging().prefault({}),
  bindings: tables(binding()).default([]),
});

/** Keys of the Rust Spacebot that load and do nothing. */
const foreign = () => ({
  memory_janitor: anything(),
  autonomy: anything(),
  links: anything(),
  groups: anything(),
  humans: anything(),
  mcp: anything(),
});

function buildSchemas() {
  const settings = table(settingsShape());
  const agent = table(agentShape(settings.shape));
  const instance = table(instanceShape());
  const file = table({ ...instance.shape, defaults: settings.prefault({}), agents: tables(agent).default([]), ...foreign() });
  const identity = agent.pick({ id: true, display_name: true, role: true, workspace: true, cron: true });
  return { settings, agent, identity, instance, file };
}

type ConfigSchemas = ReturnType<typeof buildSchemas>;
/** Everything that belongs to the instance as a whole, with defaults filled in; names are those of the file. */
export type InstanceValues = z.output<ConfigSchemas['instance']>;
/** Scalars and tables of `[defaults]` with defaults filled in; names are those of the file. */
export type SettingsValues = z.output<ConfigSchemas['settings']>;
/** What an `[[agents]]` entry says besides settings, with defaults filled in. */
export type AgentIdentity = z.output<ConfigSchemas['identity']>;

let built: ConfigSchemas | undefined;

export function configSchemas(): ConfigSchemas {
  built ??= buildSchemas();
  return built;
}
