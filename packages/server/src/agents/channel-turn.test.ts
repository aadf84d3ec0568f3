import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { defaultAgent } from '../config/snapshot.ts';
import { CancelledError, LlmError } from '../core/errors.ts';
import { createIdGenerator } from '../core/ids.ts';
import type { LiveSignal } from '../core/live-signals.ts';
import type { AssistantPart, LlmMessage } from '../core/llm.ts';
import { silentLogger } from '../core/logger.ts';
import { noMetrics } from '../core/metrics.ts';
import { type GatewayEvent, ModelCallError, type ModelGateway } from '../llm/model-gateway.ts';
import type { ModelPlan } from '../llm/model-plan.ts';
import { CHAT, respond, SpineWorld } from '../storage/agent/spine-test-world.ts';
import { readConfig } from '../testing/messaging-world.ts';
import { tools } from '../tools/index.ts';
import { createToolRunner } from '../tools/tool-runner.ts';
import { ChannelTurn } from './channel-turn.ts';

const AGENT = defaultAgent(readConfig(''));
const PLAN: ModelPlan = { first: { provider: 'demo', model: 'demo-1' }, candidates: [], cooldownMs: 0 };

type Answer = readonly AssistantPart[] | 'crash' | 'broken' | 'hang';

let world: SpineWorld;
/** What the model is asked, and what it says, in order. */
let answers: Answer[];
let asked: (readonly LlmMessage[])[];
let signals: LiveSignal[];

beforeEach(() => {
  world = new SpineWorld();
  answers = [];
  asked = [];
  signals = [];
});
afterEach(() => world.close());

const text = (value: string): AssistantPart => ({ type: 'text', text: value });
let calls = 0;
const call = (name: string, args: Record<string, unknown>): AssistantPart => {
  calls += 1;
  return { type: 'tool-call', id: `p${calls}`, name, arguments: args };
};
const reply = (content: string) => call('reply', { content });

/** Every part arrives as one event, like a provider would send it. */
function* eventsOf(parts: readonly AssistantPart[]): Generator<GatewayEvent> {
  for (const [index, part] of parts.entries()) {
    if (part.type === 'text') yield { type: 'text-delta', text: part.text };
    if (part.type !== 'tool-call') continue;
    yield { type: 'tool-call-start', index, id: part.id, name: part.name };
    yield { type: 'tool-call-delta', index, text: JSON.stringify(part.arguments) };
  }
  yield { type: 'finish', response: respond(...parts) };
}

const gateway: ModelGateway = {
  plan: () => PLAN,
  async *stream(_plan, request, _ledger, signal) {
    asked.push(request.messages);
    const answer = answers.shift();
    if (answer === undefined) throw new Error('the model was asked once more than the test expects');
    if (answer === 'crash') throw new Error('crash');
    if (answer === 'broken') {
      const error = new LlmError('timeout', 'Too slow.', { provider: 'demo', model: 'demo-1' });
      throw new ModelCallError(error, { number: 1, provider: 'demo', model: 'demo-1' }, { usage: respond().usage, usageKnown: true });
    }
    if (answer === 'hang') await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new CancelledError())));
    else yield* eventsOf(answer);
  },
};

async function prepare(signal = new AbortController().signal): Promise<ChannelTurn> {
  const claimed = await world.claim();
  const runner = createToolRunner(tools, world.clock, silentLogger);
  const services = {
    spine: world.spine,
    gateway,
    runner,
    clock: world.clock,
    newId: createIdGenerator(world.clock),
    emit: (live: LiveSignal) => void signals.push(live),
    metrics: noMetrics,
  };
  const prompt = {
    system: [],
    messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }] as const,
    tools: runner.available('channel').map((tool) => tool.schema()),
    maxOutputTokens: 1_000,
    maxTurns: 5,
  };
  return new ChannelTurn(services, { agent: AGENT, claimed, prompt, plan: PLAN, replan: () => PLAN }, signal);
}

async function run(...said: Answer[]) {
  const accepted = await world.say({ text: 'hi' });
  answers.push(...said);
  await (await prepare()).run();
  return accepted;
}

const spoken = (turnId: string) =>
  world.spine
    .messagesOfTurn(turnId)
    .filter((row) => row.role === 'assistant')
    .map((row) => row.content);
const outcomeOf = (messageId: string) => world.spine.mailboxOfMessage(messageId)?.outcome;
const kinds = (turnId: string) => world.spine.deliveriesOfTurn(turnId).map((row) => row.kind);

describe('[CH-29] a turn ends in exactly one way', () => {
  test('a reply is said and ends it with one model call', async () => {
    const { turnId, messageId } = await run([reply('Hello.')]);
    expect([spoken(turnId), outcomeOf(messageId), asked.length]).toEqual([['Hello.'], 'reply', 1]);
    expect(world.spine.turn(turnId)).toMatchObject({ state: 'completed', ending: 'replied' });
  });

  test('[CH-12] plain text is the answer', async () => {
    const { turnId, messageId } = await run([text('Hello.')]);
    expect([spoken(turnId), outcomeOf(messageId)]).toEqual([['Hello.'], 'reply']);
  });

  test('a skip is a recorded silence', async () => {
    const { turnId, messageId } = await run([call('skip', { reason: 'not for me' })]);
    expect([spoken(turnId), outcomeOf(messageId), kinds(turnId)]).toEqual([[], 'silent', []]);
  });

  test('a reaction and silence is a reaction', async () => {
    const { turnId, messageId } = await run([call('react', { emoji: '👍' }), call('skip', {})]);
    expect([outcomeOf(messageId), kinds(turnId)]).toEqual(['reaction', ['reaction']]);
  });

  test('a reaction and nothing more is a reaction', async () => {
    const { messageId } = await run([call('react', { emoji: '👍' })], []);
    expect(outcomeOf(messageId)).toBe('reaction');
  });

  test('[CH-11] a reaction and a reply is a reply, in the order of the calls', async () => {
    const { turnId, messageId } = await run([call('react', { emoji: '👍' }), reply('Done.')]);
    expect([outcomeOf(messageId), kinds(turnId), asked.length]).toEqual(['reply', ['reaction', 'text'], 1]);
  });

  test('[CH-10] the other calls of the step run before a reply ends the turn', async () => {
    const { turnId } = await run([reply('Done.'), call('set_status', { status: 'done' })]);
    expect(spoken(turnId)).toEqual(['Done.']);
    expect(world.spine.conversation(CHAT.id)?.status_text).toBe('done');
  });

  test('[CH-1] at the limit it stops, and every call is paid for', async () => {
    const busy = Array.from({ length: 5 }, (): Answer => [call('set_status', { status: 'busy' })]);
    await expect(run(...busy)).rejects.toMatchObject({ code: 'max_turns_reached' });
    expect(world.rows('SELECT count(*) AS n, sum(cost_status) AS s FROM model_calls')).toMatchObject([{ n: 5 }]);
  });
});

describe('an answer that cannot be used', () => {
  test('[CH-10] a failed call is told to the model, which tries again', async () => {
    const { turnId } = await run([call('reply', { content: '' })], [reply('Hello.')]);
    expect(spoken(turnId)).toEqual(['Hello.']);
    expect(asked[1]?.at(-1)).toMatchObject({ role: 'tool', content: [{ isError: true }] });
    expect(world.rows('SELECT state FROM tool_calls ORDER BY step_n')).toEqual([{ state: 'failed' }, { state: 'done' }]);
  });

  test('a reaction to a message of another conversation is refused', async () => {
    const other = await world.say({ conversation: { ...CHAT, id: 'webhook:other' } });
    const { turnId } = await run([call('react', { emoji: '👍', message_id: other.messageId })], [reply('Hm.')]);
    expect(kinds(turnId)).toEqual(['text']);
  });

  test('[CH-12] a call written as text is asked again and never said', async () => {
    const { turnId } = await run([text('reply({"content": "Hi"})')], [reply('Hi')]);
    expect(spoken(turnId)).toEqual(['Hi']);
    expect(asked[1]?.map((message) => message.role)).toEqual(['user', 'assistant', 'user']);
  });

  test('[CH-12] after two requests the turn fails instead of looping', async () => {
    await expect(run([], [], [])).rejects.toMatchObject({ code: 'provider_bad_response' });
    expect(asked).toHaveLength(3);
  });

  test('[US-10] a call that failed for good hands its cost to the end of the turn', async () => {
    await world.say();
    answers.push('broken');
    const turn = await prepare();
    await expect(turn.run()).rejects.toMatchObject({ kind: 'timeout' });
    expect(turn.failedCall).toMatchObject({ step: 0, outcome: { usageKnown: true } });
  });
});

describe('[G-3] after a crash', () => {
  async function crashAndRun(...more: Answer[]) {
    world.reboot();
    world.recover();
    answers.push(...more);
    asked = [];
    await (await prepare()).run();
  }

  test('a stored answer is carried out without asking the model again', async () => {
    const { turnId } = await world.say();
    await world.claim();
    const planned = { providerCallId: 'p', tool: 'reply', args: { content: 'Hello.' }, effect: 'internal', repeat: 'keyed' } as const;
    const response = respond({ type: 'tool-call', id: 'p', name: 'reply', arguments: { content: 'Hello.' } });
    await world.spine.answer({ turnId, step: 0, response, calls: [planned], cost: { microUsd: 0, status: 'unknown' } });
    await crashAndRun();
    expect([spoken(turnId), asked.length]).toEqual([['Hello.'], 0]);
    expect(world.spine.turn(turnId)).toMatchObject({ state: 'completed', attempt: 2 });
  });

  test('a call that had ended is not made twice, and the turn ends where it had ended', async () => {
    const { turnId } = await world.say();
    await world.claim();
    const planned = (tool: string, args: object) => ({ providerCallId: tool, tool, args, effect: 'internal', repeat: 'keyed' }) as const;
    const parts = [call('react', { emoji: '👍' }), reply('Done.')];
    const stored = { turnId, step: 0, response: respond(...parts), cost: { microUsd: 0, status: 'unknown' } as const };
    const keys = await world.spine.answer({
      ...stored,
      calls: [planned('react', { emoji: '👍' }), planned('reply', { content: 'Done.' })],
    });
    const done = { turnId, isError: false, result: 'Sent.', code: null, ends: 'replied', effects: [world.reply('Done.')] } as const;
    await world.spine.endCall({ ...done, key: keys[1] ?? '' });
    await crashAndRun();
    expect([spoken(turnId), kinds(turnId), asked.length]).toEqual([['Done.'], ['text', 'reaction'], 0]);
    expect(world.spine.turn(turnId)).toMatchObject({ ending: 'replied' });
  });

  test('an earlier reaction still counts as the answer', async () => {
    const { messageId } = await world.say();
    answers.push([call('react', { emoji: '👍' })], 'crash');
    await expect((await prepare()).run()).rejects.toThrow('crash');
    await crashAndRun([]);
    expect(outcomeOf(messageId)).toBe('reaction');
    expect(asked[0]?.map((message) => message.role)).toEqual(['user', 'assistant', 'tool']);
  });
});

describe('a cancelled turn', () => {
  test('[CH-28] ends its model call and says nothing more', async () => {
    const { turnId } = await world.say();
    answers.push('hang');
    const controller = new AbortController();
    const running = (await prepare(controller.signal)).run();
    await world.spine.cancelTurns(CHAT.id, 'turn', 'Stopped.');
    controller.abort(new CancelledError());
    await expect(running).rejects.toBeInstanceOf(CancelledError);
    expect(spoken(turnId)).toEqual([]);
  });

  test('[NV-1] an answer that comes too late is dropped as a whole', async () => {
    const { turnId } = await world.say();
    answers.push([reply('Too late.')]);
    const turn = await prepare();
    await world.spine.cancelTurns(CHAT.id, 'turn', 'Stopped.');
    await turn.run();
    expect(world.spine.deliveriesOfTurn(turnId)).toEqual([]);
    expect(world.spine.turn(turnId)).toMatchObject({ state: 'cancelled' });
  });
});

test('[SSE-3] what was seen while it came is the message that is stored', async () => {
  const { turnId } = await run([reply('Hello.')]);
  const stored = world.spine.messagesOfTurn(turnId).at(-1);
  expect(signals).toMatchObject([{ type: 'outbound_message_delta', data: { message_id: stored?.id, index: 0, delta: 'Hello.' } }]);
});
