/** What a model call looks like to everything above the wire: one request, one stream of events, one whole response. */

/** A part of the system prompt. Order is from static to volatile; `cache` marks the end of a prefix worth caching. */
export interface SystemSection {
  readonly name: string;
  readonly text: string;
  readonly cache?: boolean;
}

export interface TextPart {
  readonly type: 'text';
  readonly text: string;
}

export interface ImagePart {
  readonly type: 'image';
  readonly mimeType: string;
  /** Base64. */
  readonly data: string;
}

/** Reasoning and its signature go back only to the provider that made them. */
export interface ReasoningPart {
  readonly type: 'reasoning';
  readonly text: string;
  readonly provider: string;
  readonly signature?: string;
  /** Encrypted reasoning that can be replayed but not read. */
  readonly redacted?: string;
}

export interface ToolCallPart {
  readonly type: 'tool-call';
  /** The provider's id, or one made from step and index when it sent none. */
  readonly id: string;
  readonly name: string;
  /** Parsed arguments; `{}` when the provider sent nothing. */
  readonly arguments: Readonly<Record<string, unknown>>;
  /** Set when the arguments could not be parsed; the call then fails with this text, which the model reads. */
  readonly argumentsError?: string;
}

export interface ToolResultPart {
  readonly type: 'tool-result';
  readonly callId: string;
  readonly name: string;
  readonly content: readonly (TextPart | ImagePart)[];
  readonly isError: boolean;
}

export type AssistantPart = TextPart | ReasoningPart | ToolCallPart;

export type LlmMessage =
  | { readonly role: 'user'; readonly content: readonly (TextPart | ImagePart)[] }
  | { readonly role: 'assistant'; readonly content: readonly AssistantPart[] }
  /** All results of one step together, in call order. */
  | { readonly role: 'tool'; readonly content: readonly ToolResultPart[] };

export interface ToolSchema {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the arguments, made from the tool's zod schema. */
  readonly inputSchema: Readonly<Record<string, unknown>>;
}

export type ThinkingEffort = 'auto' | 'none' | 'low' | 'medium' | 'high';

export interface LlmRequest {
  /** The provider's own model name, without the provider prefix. */
  readonly model: string;
  readonly system: readonly SystemSection[];
  readonly messages: readonly LlmMessage[];
  readonly tools: readonly ToolSchema[];
  /** Tokens. */
  readonly maxOutputTokens: number;
  readonly thinkingEffort?: ThinkingEffort;
}

/** Tokens by kind; `inputTokens` excludes what was read from or written to the cache, `outputTokens` includes `reasoningTokens`. */
export interface TokenUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  readonly reasoningTokens: number;
}

export const NO_USAGE: TokenUsage = { inputTokens: 0, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 };

/** A real call never costs nothing: a provider that reports only zeros has told us nothing. */
export function isUsageKnown(usage: TokenUsage): boolean {
  return usage.inputTokens + usage.outputTokens + usage.cacheReadTokens + usage.cacheWriteTokens > 0;
}

export type FinishReason = 'stop' | 'tool-calls' | 'length' | 'content-filter';

export interface LlmResponse {
  readonly content: readonly AssistantPart[];
  readonly finishReason: FinishReason;
  readonly usage: TokenUsage;
  /** The model that really answered, as the provider names it. */
  readonly model: string;
  readonly requestId?: string;
}

export type LlmEvent =
  | { readonly type: 'text-delta'; readonly text: string }
  | { readonly type: 'reasoning-delta'; readonly text: string }
  | { readonly type: 'tool-call-start'; readonly index: number; readonly id: string; readonly name: string }
  /** A fragment of the call's arguments as JSON text. */
  | { readonly type: 'tool-call-delta'; readonly index: number; readonly text: string }
  /** What the call has cost so far, when the provider tells before the end; each replaces the one before. */
  | { readonly type: 'usage'; readonly usage: TokenUsage }
  /** Exactly once, last. */
  | { readonly type: 'finish'; readonly response: LlmResponse };

/**
 * One model API. `stream` throws `LlmError`, aborts the request when the signal does, and never yields anything after `finish`.
 * A stream that ends without its terminal event throws `LlmError('truncated')`.
 */
export interface LlmProvider {
  readonly id: string;
  stream(request: LlmRequest, signal: AbortSignal): AsyncIterable<LlmEvent>;
}

/** What one attempt cost and how it ended; `error` is a stable code. */
export interface AttemptOutcome {
  readonly usage: TokenUsage;
  readonly usageKnown: boolean;
  readonly requestId?: string;
  readonly error?: string;
}

export interface Attempt {
  /** From 1 within one step. */
  readonly number: number;
  readonly provider: string;
  /** Without the provider prefix. */
  readonly model: string;
}

/**
 * Where the gateway records its attempts. The caller has already recorded the first attempt of the plan when it starts the stream, and records
 * the outcome of the last one itself, in the transaction that stores the answer.
 */
export interface AttemptLedger {
  /** Number of the attempt that the caller has recorded before the stream starts; 1 when absent, more when a step is called again after a crash. */
  readonly firstNumber?: number;
  /** Durable before the request of `next` leaves; settles `failed` in the same transaction. */
  retry(failed: Attempt, outcome: AttemptOutcome, next: Attempt): Promise<void>;
}
