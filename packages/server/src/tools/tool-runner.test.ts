import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { ConflictError } from '../core/errors.ts';
import { type AgentId, type ConversationId, type TurnId, trusted } from '../core/ids.ts';
import type { ToolCallPart } from '../core/llm.ts';
import { silentLogger } from '../core/logger.ts';
import { byteLength } from '../core/text.ts';
import { defineTool, type ProcessKind, type Tool, type ToolDefinition, toolText } from '../core/tool.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { tools } from './index.ts';
import { createToolRunner } from './tool-runner.ts';

const said: string[] = [];
const turn = { reply: (text: string) => void said.push(text), react: () => {}, setStatus: () => {} };

function toolOf(over: Partial<ToolDefinition<{ n: number }, never>> = {}): Tool {
  return defineTool({
    name: 'work',
    description: 'Works.',
    input: z.strictObject({ n: z.number() }),
    effect: 'read',
    availableTo: ['channel'],
    needs: [],
    timeoutMs: 1_000,
    concurrency: 'serial',
    repeat: 'safe',
    run: async ({ n }) => toolText(`worked ${n}`),
    ...over,
  });
}

interface World {
  readonly list?: readonly Tool[];
  readonly clock?: ManualClock;
  readonly log?: typeof silentLogger;
  readonly signal?: AbortSignal;
  readonly limit?: number;
  readonly process?: ProcessKind;
}

function run(call: Partial<ToolCallPart>, world: World = {}) {
  const runner = createToolRunner(world.list ?? [toolOf()], world.clock ?? new ManualClock(), world.log ?? silentLogger);
  const context = {
    agentId: trusted<AgentId>('main'),
    conversationId: trusted<ConversationId>('webhook:c'),
    turnId: trusted<TurnId>('t'),
    process: world.process ?? 'channel',
    signal: world.signal ?? new AbortController().signal,
    turn,
  };
  return runner.run({ type: 'tool-call', id: 'c', name: 'work', arguments: { n: 1 }, ...call }, context, world.limit ?? 50_000);
}

describe('[TL-3] what went wrong is told to the model, with what to try', () => {
  test('a tool that does not exist is answered with those that do', async () => {
    const other = toolOf({ name: 'other' });
    expect(await run({ name: 'nothing' }, { list: [toolOf(), other] })).toEqual({
      isError: true,
      code: 'invalid_request',
      text: 'There is no tool "nothing". You have: work, other.',
    });
  });

  test('[CH-5] a tool of another process does not exist here', async () => {
    expect(await run({}, { process: 'worker' })).toMatchObject({ isError: true, code: 'invalid_request' });
  });

  test('[TL-2] each argument that does not fit is named', async () => {
    const { text, isError } = await run({ arguments: { n: 'many' } });
    expect(isError).toBe(true);
    expect(text).toMatch(/^The arguments of work do not fit: n: .*number/);
  });

  test('[TL-2] unknown fields are refused', async () => {
    const { text } = await run({ arguments: { n: 1, force: true } });
    expect(text).toContain('force');
  });

  test('arguments that were no JSON say so', async () => {
    const { text } = await run({ arguments: {}, argumentsError: 'The arguments end in the middle.' });
    expect(text).toBe('The arguments end in the middle. Send the arguments again as one JSON object.');
  });

  test('a known error keeps its code and its plain reason', async () => {
    const failing = toolOf({ run: async () => Promise.reject(new ConflictError('revision_conflict', 'It was changed meanwhile.')) });
    expect(await run({}, { list: [failing] })).toEqual({ isError: true, code: 'revision_conflict', text: 'It was changed meanwhile.' });
  });

  test('an unknown error is logged for the operator and hidden from the model', async () => {
    const logged: unknown[] = [];
    const log = { ...silentLogger, error: (_message: string, context?: { error?: unknown }) => void logged.push(context?.error) };
    const error = new Error('/secret/path');
    const { text, code } = await run({}, { list: [toolOf({ run: async () => Promise.reject(error) })], log });
    expect([code, text.includes('/secret')]).toEqual(['internal', false]);
    expect(logged).toEqual([error]);
  });
});

test('[G-7] a tool that takes too long is ended, also when it does not listen', async () => {
  const clock = new ManualClock();
  let heard = false;
  const deaf = toolOf({
    run: (_input, { signal }) => {
      signal.addEventListener('abort', () => {
        heard = true;
      });
      return new Promise(() => {});
    },
  });
  const result = run({}, { list: [deaf], clock });
  clock.advance(1_000);
  expect(await result).toEqual({ isError: true, code: 'timeout', text: 'work took longer than 1 s and was ended.' });
  expect(heard).toBe(true);
});

test('[CH-28] a cancelled turn ends the call at once and is no result', async () => {
  const controller = new AbortController();
  const result = run({}, { list: [toolOf({ run: () => new Promise(() => {}) })], signal: controller.signal });
  controller.abort(new Error('stop'));
  await expect(result).rejects.toMatchObject({ code: 'turn_cancelled' });
});

test('a finished call leaves no timer behind', async () => {
  const clock = new ManualClock();
  expect(await run({}, { clock })).toMatchObject({ text: 'worked 1' });
  expect(clock.nextIn).toBeNull();
});

test('[TL-6] a long result is capped at 50,000 bytes with its head, its tail and a count', async () => {
  const talkative = toolOf({ run: async () => toolText(`first ${'你'.repeat(40_000)} last`) });
  const { text } = await run({}, { list: [talkative] });
  expect(byteLength(text)).toBeLessThan(50_100);
  expect(text).toMatch(/^first 你+\n\[… \d+ bytes left out …\]\n你+ last$/u);
});

describe('the tools there are', () => {
  const runner = createToolRunner(tools, new ManualClock(), silentLogger);

  test('[TL-1] what a process is shown is what it can run', () => {
    for (const process of ['channel', 'branch', 'worker', 'compactor', 'cortex'] as const) {
      const shown = runner.available(process).map((tool) => tool.schema().name);
      expect(shown.every((name) => runner.find(process, name)?.name === name)).toBe(true);
      expect(shown).toEqual(tools.filter((tool) => tool.availableTo.includes(process)).map((tool) => tool.name));
    }
    expect(runner.available('channel').map((tool) => tool.name)).toEqual(['reply', 'skip', 'react', 'set_status']);
  });

  test('[TL-2] every schema is an object that refuses unknown fields, and is made once', () => {
    for (const tool of tools) {
      expect(tool.schema()).toMatchObject({ name: tool.name, inputSchema: { type: 'object', additionalProperties: false } });
      expect(tool.schema().description).not.toBe('');
      expect(tool.schema()).toBe(tool.schema());
    }
  });

  test('an empty reply is refused, a real one is said and ends the turn', async () => {
    said.length = 0;
    expect(await run({ name: 'reply', arguments: { content: '  ' } }, { list: tools })).toMatchObject({ isError: true });
    expect(await run({ name: 'reply', arguments: { content: ' Hi. ' } }, { list: tools })).toMatchObject({
      isError: false,
      ends: 'replied',
    });
    expect(said).toEqual(['Hi.']);
  });
});
