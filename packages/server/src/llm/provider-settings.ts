/** Reads the configuration into one list of usable providers: whom to ask, where, with which key. */

import type { ConfigSnapshot } from '../config/snapshot.ts';
import { PROVIDER_ROWS, type ProviderRow } from './providers/rows.ts';
import type { CallTimeouts } from './transport.ts';

export interface ProviderSettings {
  readonly id: string;
  readonly label: string;
  readonly dialect: 'anthropic' | 'openai-chat';
  /** The full address that calls go to. */
  readonly url: string;
  readonly auth: { readonly scheme: 'key' | 'bearer'; readonly value: string } | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeouts: CallTimeouts;
  readonly maxAttempts: number;
  /** `null` for a custom provider: its model must be named. */
  readonly defaultModel: string | null;
}

type ProviderConfig = Pick<ConfigSnapshot, 'values' | 'environment'>;
type CustomProvider = ProviderConfig['values']['llm']['provider'][string];

const CONNECT_TIMEOUT_MS = 15_000;
const DEFAULT_TIMEOUTS: CallTimeouts = { connectMs: CONNECT_TIMEOUT_MS, firstByteMs: 120_000, idleMs: 60_000, totalMs: 600_000 };
const DEFAULT_ATTEMPTS = 3;

/** Custom providers come last as a source of the default model, but win over a built-in one of the same id. */
export function readProviderSettings(config: ProviderConfig): ProviderSettings[] {
  const custom = config.values.llm.provider;
  const builtIn = PROVIDER_ROWS.filter((row) => custom[row.id] === undefined).map((row) => fromRow(row, config));
  return [...builtIn, ...Object.entries(custom).map(([id, entry]) => fromCustom(id, entry))].filter((settings) => settings !== null);
}

function fromRow(row: ProviderRow, { values, environment }: ProviderConfig): ProviderSettings | null {
  const key = values.llm[row.keyField];
  const token = row.tokenVariable === undefined ? null : environment[row.tokenVariable];
  const ownUrl = (row.urlField && values.llm[row.urlField]) ?? (row.urlVariable && environment[row.urlVariable]);
  if (!key && !token && !(row.keyOptional && ownUrl)) return null;
  const path = row.dialect === 'anthropic' ? '/v1/messages' : '/v1/chat/completions';
  return {
    id: row.id,
    label: row.label,
    dialect: row.dialect,
    url: joinUrl(ownUrl || row.baseUrl, path),
    auth: key ? { scheme: row.dialect === 'anthropic' ? 'key' : 'bearer', value: key } : token ? { scheme: 'bearer', value: token } : null,
    headers: {},
    timeouts: DEFAULT_TIMEOUTS,
    maxAttempts: DEFAULT_ATTEMPTS,
    defaultModel: row.defaultModel,
  };
}

function fromCustom(id: string, entry: CustomProvider): ProviderSettings | null {
  const wire = wireOf(entry.api_type);
  if (wire === null || entry.api_key === undefined || entry.base_url === undefined) return null;
  return {
    id,
    label: entry.name ?? id,
    dialect: wire.dialect,
    url: joinUrl(entry.base_url, wire.path),
    auth: entry.api_key === '' ? null : { scheme: wire.dialect === 'anthropic' ? 'key' : 'bearer', value: entry.api_key },
    headers: entry.headers,
    timeouts: {
      connectMs: CONNECT_TIMEOUT_MS,
      firstByteMs: entry.first_byte_timeout_secs * 1000,
      idleMs: entry.idle_timeout_secs * 1000,
      totalMs: entry.timeout_secs * 1000,
    },
    maxAttempts: entry.max_retries + 1,
    defaultModel: null,
  };
}

/** `null`: a dialect that this version does not speak. */
function wireOf(apiType: CustomProvider['api_type']): { dialect: ProviderSettings['dialect']; path: string } | null {
  switch (apiType) {
    case 'anthropic':
      return { dialect: 'anthropic', path: '/v1/messages' };
    case 'openai_completions':
      return { dialect: 'openai-chat', path: '/v1/chat/completions' };
    case 'openai_chat_completions':
    case 'kilo_gateway':
      return { dialect: 'openai-chat', path: '/chat/completions' };
    case 'openai_responses':
    case 'gemini':
    case 'azure':
      return null;
  }
}

export function isSpoken(apiType: CustomProvider['api_type']): boolean {
  return wireOf(apiType) !== null;
}

/** A trailing `/v1` of the root is not doubled. */
export function joinUrl(root: string, path: string): string {
  const base = root.replace(/\/+$/, '');
  return base.endsWith('/v1') && path.startsWith('/v1/') ? base + path.slice(3) : base + path;
}
