/** What environment variables say where the file is silent, as a tree of the same shape. */

import { safeParse } from 'zod';
import { type PathSegment, type Table, writePath } from './paths.ts';
import { factsOf } from './schema/keys.ts';
import { configSchemas } from './schema/root.ts';
import { schemaAt } from './schema/walk.ts';
import type { Environment, EnvironmentValues } from './snapshot.ts';

interface EnvironmentKey {
  readonly path: readonly PathSegment[];
  readonly variable: string;
}

const FIXED_KEYS: readonly (readonly [path: string, variable: string])[] = [
  ['llm.ollama_base_url', 'OLLAMA_BASE_URL'],
  ['telemetry.otlp_endpoint', 'OTEL_EXPORTER_OTLP_ENDPOINT'],
  ['telemetry.otlp_headers', 'OTEL_EXPORTER_OTLP_HEADERS'],
  ['telemetry.service_name', 'OTEL_SERVICE_NAME'],
  ['messaging.discord.token', 'DISCORD_BOT_TOKEN'],
  ['messaging.slack.bot_token', 'SLACK_BOT_TOKEN'],
  ['messaging.slack.app_token', 'SLACK_APP_TOKEN'],
  ['messaging.telegram.token', 'TELEGRAM_BOT_TOKEN'],
  ['messaging.email.imap_host', 'EMAIL_IMAP_HOST'],
  ['messaging.email.imap_username', 'EMAIL_IMAP_USERNAME'],
  ['messaging.email.imap_password', 'EMAIL_IMAP_PASSWORD'],
  ['messaging.email.smtp_host', 'EMAIL_SMTP_HOST'],
  ['messaging.email.smtp_username', 'EMAIL_SMTP_USERNAME'],
  ['messaging.email.smtp_password', 'EMAIL_SMTP_PASSWORD'],
  ['messaging.email.from_address', 'EMAIL_FROM_ADDRESS'],
  ['messaging.email.from_name', 'EMAIL_FROM_NAME'],
  ['defaults.brave_search_key', 'BRAVE_SEARCH_API_KEY'],
  ['defaults.cron_timezone', 'SPACEBOT_CRON_TIMEZONE'],
  ['defaults.user_timezone', 'SPACEBOT_USER_TIMEZONE'],
  // A later line wins: `SPACEBOT_MODEL` sets every slot.
  ...['channel', 'branch', 'worker', 'compactor', 'cortex', 'voice'].map((slot) => [`defaults.routing.${slot}`, 'SPACEBOT_MODEL'] as const),
  ['defaults.routing.channel', 'SPACEBOT_CHANNEL_MODEL'],
  ['defaults.routing.worker', 'SPACEBOT_WORKER_MODEL'],
  ['defaults.routing.voice', 'SPACEBOT_VOICE_MODEL'],
];

const PROVIDER_KEY = /^(.+)_key$/;

/** `llm.<provider>_key` falls back to `<PROVIDER>_API_KEY`. */
function providerKeys(): EnvironmentKey[] {
  const llm = configSchemas().instance.shape.llm.def.innerType.shape;
  return Object.keys(llm).flatMap((name) => {
    const provider = PROVIDER_KEY.exec(name)?.[1];
    return provider === undefined ? [] : [{ path: ['llm', name], variable: `${provider.toUpperCase()}_API_KEY` }];
  });
}

function environmentKeys(): readonly EnvironmentKey[] {
  return [...providerKeys(), ...FIXED_KEYS.map(([path, variable]) => ({ path: path.split('.'), variable }))];
}

const DEPLOYMENT_BIND: Readonly<Record<string, string>> = { docker: '0.0.0.0', hosted: '::' };

interface EnvironmentProblem {
  readonly variable: string;
  readonly expected: string;
}

export interface EnvironmentLayer {
  readonly tree: Table;
  readonly values: EnvironmentValues;
  readonly problems: readonly EnvironmentProblem[];
}

/** Empty variables count as absent; a value that its key does not take is left out and reported. */
export function readEnvironment(environment: Environment): EnvironmentLayer {
  const problems: EnvironmentProblem[] = [];
  const tree: Table = {};
  for (const { path, variable } of environmentKeys()) {
    const value = environment[variable];
    if (value === undefined || value === '') continue;
    const expected = refusal(path, value);
    if (expected === undefined) writePath(tree, path, value);
    else problems.push({ variable, expected });
  }
  const values = readOwnVariables(environment, problems);
  const bind = values.deployment === null ? undefined : DEPLOYMENT_BIND[values.deployment];
  if (bind !== undefined) writePath(tree, ['api', 'bind'], bind);
  return { tree, values, problems };
}

/** What the key at `path` takes instead of `value`; `undefined` when it takes it. */
function refusal(path: readonly PathSegment[], value: string): string | undefined {
  const schema = schemaAt(configSchemas().file, path);
  if (schema === undefined || safeParse(schema, value).success) return undefined;
  return factsOf(schema)?.expected ?? 'another value';
}

function readOwnVariables(environment: Environment, problems: EnvironmentProblem[]): EnvironmentValues {
  const deployment = environment.SPACEBOT_DEPLOYMENT || null;
  const isKnown = deployment === 'docker' || deployment === 'hosted';
  if (deployment !== null && !isKnown) problems.push({ variable: 'SPACEBOT_DEPLOYMENT', expected: '"docker" or "hosted"' });
  const cap = environment.SPACEBOT_MAX_AGENTS || null;
  const isCap = cap !== null && /^[1-9]\d{0,8}$/.test(cap);
  if (cap !== null && !isCap) problems.push({ variable: 'SPACEBOT_MAX_AGENTS', expected: 'integer >= 1' });
  return {
    deployment: isKnown ? deployment : null,
    maxAgents: isCap ? Number(cap) : null,
    anthropicBaseUrl: environment.ANTHROPIC_BASE_URL || null,
    anthropicAuthToken: environment.ANTHROPIC_AUTH_TOKEN || null,
    openaiBaseUrl: environment.OPENAI_BASE_URL || null,
  };
}
