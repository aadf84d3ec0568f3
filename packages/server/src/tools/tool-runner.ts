/** The one path by which any process runs a tool: find it, check the arguments, run it within its time, cap what comes back. Never throws but on cancel. */

import { ZodError } from 'zod';
import type { Clock } from '../core/clock.ts';
import { AppError, CancelledError } from '../core/errors.ts';
import type { ToolCallPart } from '../core/llm.ts';
import type { Logger } from '../core/logger.ts';
import { capBytes } from '../core/text.ts';
import type { ProcessKind, Tool, ToolContext, ToolResult, ToolRunner, ToolServices } from '../core/tool.ts';

export function createToolRunner(tools: readonly Tool[], clock: Clock, log: Logger): ToolRunner {
  const available = (process: ProcessKind) => tools.filter((tool) => tool.availableTo.includes(process));
  const find = (process: ProcessKind, name: string) => tools.find((tool) => tool.name === name && tool.availableTo.includes(process));
  return {
    available,
    find,
    async run(call, context, maxOutputBytes) {
      const tool = find(context.process, call.name);
      if (!tool) return failure('invalid_request', `There is no tool "${call.name}". You have: ${names(available(context.process))}.`);
      if (call.argumentsError !== undefined)
        return failure('invalid_request', `${call.argumentsError} Send the arguments again as one JSON object.`);
      try {
        const result = await runInTime(tool, call, context, clock);
        return { ...result, text: capBytes(result.text, maxOutputBytes) };
      } catch (error) {
        if (context.signal.aborted) throw new CancelledError(undefined, { cause: error });
        return explain(error, tool, log);
      }
    },
  };
}

async function runInTime(tool: Tool, call: ToolCallPart, context: ToolContext & ToolServices, clock: Clock): Promise<ToolResult> {
  const controller = new AbortController();
  const stop = () => controller.abort(context.signal.reason);
  context.signal.addEventListener('abort', stop, { once: true });
  const cancel = clock.schedule(tool.timeoutMs, () => controller.abort(new TimeoutReached()));
  try {
    return await Promise.race([tool.run(call.arguments, { ...context, signal: controller.signal }), whenAborted(controller.signal)]);
  } finally {
    cancel();
    context.signal.removeEventListener('abort', stop);
  }
}

class TimeoutReached extends Error {}

/** A tool that does not listen to its signal must not hold the turn. */
function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
}

function explain(error: unknown, tool: Tool, log: Logger): ToolResult {
  if (error instanceof ZodError) return failure('invalid_request', `The arguments of ${tool.name} do not fit: ${issuesOf(error)}.`);
  if (error instanceof AppError) return failure(error.code, error.publicMessage);
  if (error instanceof TimeoutReached) return failure('timeout', `${tool.name} took longer than ${tool.timeoutMs / 1000} s and was ended.`);
  log.error('a tool failed', { error, fields: { tool: tool.name } });
  return failure('internal', `${tool.name} failed for a reason of its own; trying again may help once.`);
}

function issuesOf(error: ZodError): string {
  return error.issues.map((issue) => `${issue.path.join('.') || 'arguments'}: ${issue.message}`).join('; ');
}

function failure(code: ToolResult['code'], text: string): ToolResult {
  return { text, isError: true, code };
}

function names(tools: readonly Tool[]): string {
  return tools.map((tool) => tool.name).join(', ');
}
