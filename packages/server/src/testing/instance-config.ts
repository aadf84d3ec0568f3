/** The configuration file of a test's instance: one scripted model, the webhook, one agent, and whatever a test adds. */

export type Dialect = 'openai-chat' | 'anthropic';

export interface InstanceConfig {
  /** Root URL of the scripted model; `null` = no provider at all. */
  readonly modelUrl: string | null;
  readonly dialect?: Dialect;
  readonly apiPort: number;
  readonly webhookPort: number;
  /** Lines of `[llm.provider.test]`. */
  readonly provider?: string;
  /** Lines of `[defaults.routing]` after the channel's model. */
  readonly routing?: string;
  /** Lines of `[messaging.webhook]`. */
  readonly webhook?: string;
  /** Lines of `[api]`. */
  readonly api?: string;
  /** Further tables at the end of the file. */
  readonly more?: string;
  /** Ids; the first is the default agent. */
  readonly agents?: readonly string[];
}

/** What a provider must never leak. */
export const MODEL_KEY = 'sk-story-key-1234567890abcdef';

const API_TYPES: Readonly<Record<Dialect, string>> = { 'openai-chat': 'openai_completions', anthropic: 'anthropic' };

export function renderConfig(config: InstanceConfig): string {
  const agents = (config.agents ?? ['main']).map((id, index) => `[[agents]]\nid = "${id}"\n${index === 0 ? 'default = true\n' : ''}`);
  return [
    config.modelUrl === null ? '' : providerTable('test', config.modelUrl, config.dialect ?? 'openai-chat', config.provider),
    config.modelUrl === null ? '' : `[defaults.routing]\nchannel = "test/first"\n${config.routing ?? ''}\n`,
    `[api]\nport = ${config.apiPort}\n${config.api ?? ''}\n`,
    `[messaging.webhook]\nenabled = true\nport = ${config.webhookPort}\n${config.webhook ?? ''}\n`,
    ...agents,
    config.more ?? '',
  ].join('\n');
}

/** One `[llm.provider.<id>]` table; a failed call is not tried again unless `lines` says so. */
export function providerTable(id: string, url: string, dialect: Dialect, lines = 'max_retries = 0'): string {
  return `[llm.provider.${id}]\napi_type = "${API_TYPES[dialect]}"\nbase_url = "${url}"\napi_key = "${MODEL_KEY}"\n${lines}\n`;
}
