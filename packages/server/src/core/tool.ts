/** What a tool is: one schema, one effect, the services it needs by name, and what may happen to a call that a crash interrupted. */

import type { ErrorCode } from '@spacebot/protocol/errors';
import { z } from 'zod';
import type { AgentId, ConversationId, TurnId } from './ids.ts';
import type { ToolCallPart, ToolSchema } from './llm.ts';

/** internal: our own tables · read · egress: guarded requests · write: the workspace · destructive: needs approval where people supervise. */
export type Effect = 'internal' | 'read' | 'egress' | 'write' | 'destructive';

export type ProcessKind = 'channel' | 'branch' | 'worker' | 'compactor' | 'cortex';

/** What a tool gets with every call. */
export interface ToolContext {
  readonly agentId: AgentId;
  readonly conversationId: ConversationId;
  readonly turnId: TurnId;
  readonly process: ProcessKind;
  readonly signal: AbortSignal;
}

/** What a turn can do to its own conversation; it takes effect in the transaction that stores the call's result. */
export interface TurnSink {
  reply(text: string): void;
  /** Without an id the newest message that caused the turn. Throws `ToolError('message_not_found')` for an unknown id. */
  react(emoji: string, messageId?: string): void;
  setStatus(text: string): void;
}

/** Services by name; a tool sees only those in its `needs`. */
export interface ToolServices {
  readonly turn: TurnSink;
}

export interface ToolResult {
  /** What the model reads. */
  readonly text: string;
  readonly isError: boolean;
  readonly code: ErrorCode | null;
  /** Set by a tool that ends the turn once the other calls of its step have run. */
  readonly ends?: 'replied' | 'skipped';
}

export interface ToolDefinition<Input, Needs extends keyof ToolServices> {
  readonly name: string;
  readonly description: string;
  /** The only schema: the model's, the validation's and the type's. Unknown fields are refused. */
  readonly input: z.ZodType<Input>;
  readonly effect: Effect;
  readonly availableTo: readonly ProcessKind[];
  readonly needs: readonly Needs[];
  /** Milliseconds. */
  readonly timeoutMs: number;
  readonly concurrency: 'parallel' | 'serial';
  readonly repeat: 'safe' | 'keyed' | 'never';
  run(input: Input, context: ToolContext & Pick<ToolServices, Needs>): Promise<ToolResult>;
}

/** A tool with its types folded away, as lists and the runner hold it. */
export interface Tool {
  readonly name: string;
  readonly effect: Effect;
  readonly availableTo: readonly ProcessKind[];
  readonly timeoutMs: number;
  readonly concurrency: 'parallel' | 'serial';
  readonly repeat: 'safe' | 'keyed' | 'never';
  /** Made once, when first asked for. */
  readonly schema: () => ToolSchema;
  /** Throws `z.ZodError` when the arguments do not fit. */
  readonly run: (rawArguments: unknown, context: ToolContext & ToolServices) => Promise<ToolResult>;
}

export function defineTool<Input, Needs extends keyof ToolServices>(definition: ToolDefinition<Input, Needs>): Tool {
  const { name, description, input, effect, availableTo, timeoutMs, concurrency, repeat } = definition;
  let schema: ToolSchema | undefined;
  return {
    name,
    effect,
    availableTo,
    timeoutMs,
    concurrency,
    repeat,
    schema: () => {
      schema ??= { name, description, inputSchema: inputSchemaOf(input) };
      return schema;
    },
    run: (rawArguments, context) => definition.run(input.parse(rawArguments), context),
  };
}

function inputSchemaOf(input: z.ZodType): Record<string, unknown> {
  const { $schema: _, ...schema } = z.toJSONSchema(input, { io: 'input' });
  return schema;
}

export function toolText(text: string): ToolResult {
  return { text, isError: false, code: null };
}

/** The one path by which any process runs a tool. */
export interface ToolRunner {
  /** The tools a process may use, in a fixed order. */
  available(process: ProcessKind): readonly Tool[];
  find(process: ProcessKind, name: string): Tool | undefined;
  /** A failure is a result that the model reads; only a cancelled turn throws, as `CancelledError`. */
  run(call: ToolCallPart, context: ToolContext & ToolServices, maxOutputBytes: number): Promise<ToolResult>;
}
