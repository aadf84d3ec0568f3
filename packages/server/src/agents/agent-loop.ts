/** Model and tools until done: state in, events out. It knows nothing of storage, channels or platforms. */

import type { AssistantPart, LlmMessage, LlmResponse, ToolCallPart, ToolResultPart } from '../core/llm.ts';

/** What one step's tools gave, and whether one of them ended the run. */
export interface StepOutcome {
  readonly results: readonly ToolResultPart[];
  readonly ends: boolean;
}

export type Verdict = { readonly accept: true } | { readonly accept: false; readonly askAgain: LlmMessage };

export interface LoopPorts {
  /** Asks the model; durable before the request leaves. `messages` are everything said so far. */
  ask(step: number, messages: readonly LlmMessage[]): Promise<LlmResponse>;
  /** Stores the answer before its first tool acts, runs the calls in order, stores each result. */
  act(step: number, response: LlmResponse, calls: readonly ToolCallPart[]): Promise<StepOutcome>;
  /** An answer without calls: `accept` ends the run, a message asks again and says why. */
  judge(step: number, response: LlmResponse): Promise<Verdict>;
}

export interface LoopInput {
  readonly messages: readonly LlmMessage[];
  /** Number of the first step to ask or to act on. */
  readonly firstStep: number;
  /** An answer that was stored before a restart and whose calls have not all ended. */
  readonly stored: LlmResponse | null;
  /** Model calls at most, those made before a restart included. */
  readonly maxTurns: number;
}

export type LoopEnding = 'answered' | 'ended-by-tool' | 'turn-limit';

/** Runs until an answer stands, a tool ends the run, or the limit is reached. What the ports throw ends it at once. */
export async function runAgentLoop(input: LoopInput, ports: LoopPorts): Promise<LoopEnding> {
  const messages: LlmMessage[] = [...input.messages];
  let stored = input.stored;
  for (let step = input.firstStep; step < input.maxTurns; step += 1) {
    const response = stored ?? (await ports.ask(step, messages));
    stored = null;
    const calls = response.content.filter((part): part is ToolCallPart => part.type === 'tool-call');
    if (calls.length === 0) {
      const verdict = await ports.judge(step, response);
      if (verdict.accept) return 'answered';
      messages.push(...assistantMessage(response), verdict.askAgain);
      continue;
    }
    const outcome = await ports.act(step, response, calls);
    if (outcome.ends) return 'ended-by-tool';
    messages.push(...assistantMessage(response), { role: 'tool', content: outcome.results });
  }
  return 'turn-limit';
}

/** An answer of nothing leaves no message, because an empty one is refused by the strictest provider. */
export function assistantMessage(response: LlmResponse): LlmMessage[] {
  const content: AssistantPart[] = response.content.filter((part) => part.type !== 'text' || part.text !== '');
  return content.length === 0 ? [] : [{ role: 'assistant', content }];
}

/** Everything the model wrote as text, reasoning left out. */
export function textOf(response: LlmResponse): string {
  return response.content
    .flatMap((part) => (part.type === 'text' ? [part.text] : []))
    .join('')
    .trim();
}
