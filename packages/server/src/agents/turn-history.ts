/** What an interrupted turn had reached, read back from its steps and calls. */

import type { LlmMessage, LlmResponse, ToolResultPart } from '../core/llm.ts';
import type { StepRow, ToolCallRow } from '../storage/agent/records.ts';
import type { StoredResult } from '../storage/agent/turn-calls.ts';
import { assistantMessage, textOf } from './agent-loop.ts';

export interface ResumePoint {
  /** Answers and results of the steps that are done. */
  readonly messages: readonly LlmMessage[];
  readonly firstStep: number;
  /** The answer of `firstStep`, when it had come and its calls have not all ended. */
  readonly stored: LlmResponse | null;
}

export function readResumePoint(steps: readonly StepRow[], calls: readonly ToolCallRow[]): ResumePoint {
  const messages: LlmMessage[] = [];
  for (const step of steps) {
    const response = step.response === null ? null : (JSON.parse(step.response) as LlmResponse);
    if (step.state === 'calling' || response === null) return { messages, firstStep: step.n, stored: null };
    if (step.state === 'answered') return { messages, firstStep: step.n, stored: response };
    const ofStep = calls.filter((call) => call.step_n === step.n);
    messages.push(...assistantMessage(response), ofStep.length === 0 ? askAgain(response) : resultMessage(ofStep));
  }
  return { messages, firstStep: (steps.at(-1)?.n ?? -1) + 1, stored: null };
}

function resultMessage(calls: readonly ToolCallRow[]): LlmMessage {
  return { role: 'tool', content: calls.map(resultOfRow) };
}

/** What the model hears after an answer that could not be used: it was empty, or a tool call written as text. */
export function askAgain(response: LlmResponse): LlmMessage {
  return { role: 'user', content: [{ type: 'text', text: textOf(response) === '' ? ASK_FOR_AN_ANSWER : ASK_FOR_A_REAL_CALL }] };
}

const ASK_FOR_AN_ANSWER = '[System: your last answer was empty. Call `reply` with what you want to say, or `skip` to stay silent.]';
const ASK_FOR_A_REAL_CALL = '[System: you wrote a tool call as text, so nothing happened. Call the tool itself, or answer in plain words.]';

export function resultOfRow(call: ToolCallRow): ToolResultPart {
  const stored = storedResult(call);
  const text = stored?.text ?? 'Interrupted; the outcome is unknown.';
  return toolResult(call.provider_call_id, call.tool, text, call.state !== 'done');
}

export function storedResult(call: ToolCallRow): StoredResult | null {
  return call.result === null ? null : (JSON.parse(call.result) as StoredResult);
}

export function toolResult(callId: string, name: string, text: string, isError: boolean): ToolResultPart {
  return { type: 'tool-result', callId, name, content: [{ type: 'text', text }], isError };
}
