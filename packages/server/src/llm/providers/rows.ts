/** The built-in providers as data: an OpenAI-compatible one is one row. */

export interface ProviderRow {
  readonly id: string;
  readonly label: string;
  readonly dialect: 'anthropic' | 'openai-chat';
  /** Root URL; the dialect appends its path. */
  readonly baseUrl: string;
  /** Name of its credential under `[llm]`. */
  readonly keyField: 'anthropic_key' | 'openai_key' | 'ollama_key';
  /** A local server answers without a key; it counts as configured when its URL or key is set. */
  readonly keyOptional: boolean;
  /** The environment's own token, sent as `Authorization: Bearer`, when there is no key. */
  readonly tokenVariable?: 'anthropicAuthToken';
  readonly urlVariable?: 'anthropicBaseUrl' | 'openaiBaseUrl';
  readonly urlField?: 'ollama_base_url';
  /** The provider's own model name that a fresh instance uses. */
  readonly defaultModel: string;
}

/** In order of preference for the default model. */
export const PROVIDER_ROWS: readonly ProviderRow[] = [
  {
    id: 'anthropic',
    label: 'Anthropic',
    dialect: 'anthropic',
    baseUrl: 'https://api.anthropic.com',
    keyField: 'anthropic_key',
    keyOptional: false,
    tokenVariable: 'anthropicAuthToken',
    urlVariable: 'anthropicBaseUrl',
    defaultModel: 'claude-sonnet-4-5',
  },
  {
    id: 'openai',
    label: 'OpenAI',
    dialect: 'openai-chat',
    baseUrl: 'https://api.openai.com',
    keyField: 'openai_key',
    keyOptional: false,
    urlVariable: 'openaiBaseUrl',
    defaultModel: 'gpt-5-mini',
  },
  {
    id: 'ollama',
    label: 'Ollama',
    dialect: 'openai-chat',
    baseUrl: 'http://127.0.0.1:11434',
    keyField: 'ollama_key',
    keyOptional: true,
    urlField: 'ollama_base_url',
    defaultModel: 'llama3.2',
  },
];
