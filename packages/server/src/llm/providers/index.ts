/** The explicit list of wire dialects and the built-in demo model, and the directory that builds providers from the configuration in force. */

import type { ConfigSnapshot } from '../../config/snapshot.ts';
import type { Clock } from '../../core/clock.ts';
import type { LlmProvider } from '../../core/llm.ts';
import { normalizeProviderId } from '../model-names.ts';
import { isSpoken, type ProviderSettings, readProviderSettings } from '../provider-settings.ts';
import type { Transport } from '../transport.ts';
import { createWireProvider, type WireDialect } from '../wire-provider.ts';
import { ANTHROPIC_VERSION, anthropicDialect } from './anthropic/dialect.ts';
import { createDemoProvider, DEMO_MODEL, DEMO_PROVIDER } from './demo/demo-provider.ts';
import { openAiChatDialect } from './openai-chat/dialect.ts';
import { PROVIDER_ROWS } from './rows.ts';

interface UsableProvider {
  readonly provider: LlmProvider;
  /** Attempts per model, the first one counted. */
  readonly maxAttempts: number;
}

/** `unsupported`: a custom provider whose `api_type` this version does not speak; `demo-off`: the demo model was not asked for. */
type Absence = 'unknown' | 'no-key' | 'unsupported' | 'demo-off';

export interface ProviderDirectory {
  /** Built on first use and rebuilt after a change; whoever holds the old one finishes on it. `null`: unknown or without a key. */
  get(id: string): UsableProvider | null;
  /** Ids that can be used now, in order of preference. */
  configuredIds(): readonly string[];
  /** Every id that a model string may name. */
  knownIds(): readonly string[];
  /** Why `get` gives nothing for an id. */
  absenceOf(id: string): Absence;
  /** The model that every slot asks in this run, whatever the configuration says; `null` = as configured. */
  modelOfRun(): string | null;
  /** The first configured provider's default, as a model string; `null` when there is none. */
  defaultModel(): string | null;
}

export interface DirectoryOptions {
  readonly config: () => Pick<ConfigSnapshot, 'values' | 'environment'>;
  readonly transport: Transport;
  readonly clock: Clock;
  /** Asked for by name (`--demo`); every slot is then routed to it, and none otherwise. */
  readonly demo: boolean;
}

interface Built {
  readonly values: ConfigSnapshot['values'];
  readonly settings: ReadonlyMap<string, ProviderSettings>;
  readonly providers: Map<string, UsableProvider>;
}

export function createProviderDirectory(options: DirectoryOptions): ProviderDirectory {
  const demo: UsableProvider = { provider: createDemoProvider(options.clock), maxAttempts: 1 };
  let built: Built | null = null;
  const current = (): Built => {
    const config = options.config();
    if (built?.values !== config.values) {
      const settings = new Map(readProviderSettings(config).map((entry) => [entry.id, entry]));
      built = { values: config.values, settings, providers: new Map() };
    }
    return built;
  };
  const demoModel = options.demo ? `${DEMO_PROVIDER}/${DEMO_MODEL}` : null;
  return {
    get(id) {
      const { settings, providers } = current();
      const found = settings.get(id) ?? settings.get(normalizeProviderId(id));
      if (found === undefined) return options.demo && id === DEMO_PROVIDER ? demo : null;
      let usable = providers.get(found.id);
      if (usable === undefined) {
        usable = { provider: createProvider(found, options), maxAttempts: found.maxAttempts };
        providers.set(found.id, usable);
      }
      return usable;
    },
    configuredIds: () => [...(options.demo ? [DEMO_PROVIDER] : []), ...current().settings.keys()],
    knownIds: () => knownIds(options),
    absenceOf: (id) => absenceOf(id, options),
    modelOfRun: () => demoModel,
    defaultModel() {
      if (demoModel !== null) return demoModel;
      const first = [...current().settings.values()].find((entry) => entry.defaultModel !== null);
      return first === undefined ? null : `${first.id}/${first.defaultModel}`;
    },
  };
}

function knownIds({ config }: DirectoryOptions): string[] {
  return [...new Set([...PROVIDER_ROWS.map((row) => row.id), ...Object.keys(config().values.llm.provider), DEMO_PROVIDER])];
}

function absenceOf(id: string, options: DirectoryOptions): Absence {
  const known = knownIds(options).find((name) => name === id || name === normalizeProviderId(id));
  if (known === undefined) return 'unknown';
  if (known === DEMO_PROVIDER) return 'demo-off';
  const custom = options.config().values.llm.provider[known];
  return custom !== undefined && !isSpoken(custom.api_type) ? 'unsupported' : 'no-key';
}

function createProvider(settings: ProviderSettings, { transport, clock }: DirectoryOptions): LlmProvider {
  const url = new URL(settings.url);
  const secrets = [...(settings.auth === null ? [] : [settings.auth.value]), ...Object.values(settings.headers)];
  const endpoint = { id: settings.id, url, headers: headersOf(settings), secrets, timeouts: settings.timeouts };
  return createWireProvider(endpoint, dialectOf(settings, url), transport, clock);
}

function dialectOf(settings: ProviderSettings, url: URL): WireDialect {
  switch (settings.dialect) {
    case 'anthropic':
      return anthropicDialect(settings.id);
    case 'openai-chat':
      return openAiChatDialect({ maxTokensField: url.hostname === 'api.openai.com' ? 'max_completion_tokens' : 'max_tokens' });
  }
}

/** Names in lower case, so that a configured header replaces ours. We always say who we are (LLM-31). */
function headersOf(settings: ProviderSettings): Record<string, string> {
  const headers: Record<string, string> = { 'content-type': 'application/json', accept: 'text/event-stream', 'user-agent': 'spacebot' };
  if (settings.dialect === 'anthropic') headers['anthropic-version'] = ANTHROPIC_VERSION;
  if (settings.auth?.scheme === 'key') headers['x-api-key'] = settings.auth.value;
  if (settings.auth?.scheme === 'bearer') headers.authorization = `Bearer ${settings.auth.value}`;
  for (const [name, value] of Object.entries(settings.headers)) headers[name.toLowerCase()] = value;
  return headers;
}
