/** The words a test writes its model in: answers, tool calls, delays and faults, consumed one request at a time. */

export interface ScriptedCall {
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  /** Left out: the server makes one. Empty: sent without an id. */
  readonly id?: string;
}

export interface AnswerStep {
  readonly type: 'answer';
  readonly text?: string;
  readonly reasoning?: string;
  readonly calls?: readonly ScriptedCall[];
  /** Milliseconds before the headers. */
  readonly delayMs?: number;
  /** Milliseconds between two chunks. */
  readonly chunkDelayMs?: number;
  /** One JSON body instead of a stream. */
  readonly asJson?: boolean;
  /** Destroys the connection after so many chunks. */
  readonly cutAfter?: number;
  /** Holds the connection open and silent after so many chunks. */
  readonly silentAfter?: number;
  readonly finish?: 'stop' | 'length';
  readonly usage?: ScriptedUsage;
}

interface ScriptedUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens?: number;
}

export interface RawStep {
  readonly type: 'raw';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Accepts the request and never answers. */
export interface SilenceStep {
  readonly type: 'silence';
}

/** Destroys the connection before any header. */
export interface HangUpStep {
  readonly type: 'hang-up';
}

export type ModelStep = AnswerStep | RawStep | SilenceStep | HangUpStep;

/** A request as the model saw it, whatever its dialect. */
export interface SeenRequest {
  readonly dialect: 'openai-chat' | 'anthropic';
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly model: string;
  readonly system: string;
  /** Text of the newest message that a person wrote. */
  readonly lastUserText: string;
  readonly toolNames: readonly string[];
  readonly body: Readonly<Record<string, unknown>>;
}

export type ModelScript = (request: SeenRequest, index: number) => ModelStep;

/** Options of an answer that are not its content. */
type Pace = Omit<AnswerStep, 'type' | 'text' | 'calls'>;

export function text(content: string, pace: Pace = {}): AnswerStep {
  return { type: 'answer', text: content, ...pace };
}

export function toolCall(name: string, args: Readonly<Record<string, unknown>> = {}, pace: Pace = {}): AnswerStep {
  return { type: 'answer', calls: [{ name, arguments: args }], ...pace };
}

export function toolCalls(calls: readonly ScriptedCall[], pace: Pace & { readonly text?: string } = {}): AnswerStep {
  return { type: 'answer', calls, ...pace };
}

/** Answers through the `reply` tool. */
export function reply(content: string, pace: Pace = {}): AnswerStep {
  return toolCall('reply', { content }, pace);
}

export function fault(
  status: number,
  body: unknown = { error: { message: `status ${status}` } },
  headers: Readonly<Record<string, string>> = {},
): RawStep {
  return {
    type: 'raw',
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  };
}

/** 200 with a body that is neither events nor JSON. */
export const garbage: RawStep = {
  type: 'raw',
  status: 200,
  headers: { 'content-type': 'text/html' },
  body: '<html>\n<body>Welcome to the wifi</body>\n</html>',
};

export const silence: SilenceStep = { type: 'silence' };
export const hangUp: HangUpStep = { type: 'hang-up' };

/** Gives the steps in order, then the last resort for ever: `echo: <what the person wrote>`. */
export function script(...steps: readonly ModelStep[]): ModelScript {
  let next = 0;
  return (request) => {
    const step = steps[next];
    next += 1;
    return step ?? echo(request);
  };
}

/** Through `reply` where it is offered, as text elsewhere. */
export function echo(request: SeenRequest): AnswerStep {
  const content = `echo: ${request.lastUserText}`;
  return request.toolNames.includes('reply') ? reply(content) : text(content);
}
