import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { answerOf, CHAT, MODEL_CALL, REPLY_CALL, respond, SpineWorld } from './spine-test-world.ts';
import type { EndTurnInput } from './turn-end.ts';

let world: SpineWorld;
beforeEach(() => {
  world = new SpineWorld();
});
afterEach(() => world.close());

const REACT_CALL = { ...REPLY_CALL, providerCallId: 'p2', tool: 'react', args: { emoji: '👍' } };
const end = (turnId: string, over: Partial<EndTurnInput> = {}) =>
  world.spine.endTurn({ turnId, ending: 'replied', error: null, effects: [], ...over });

describe('claim', () => {
  test('[CH-3] one turn runs per conversation, and others run beside it', async () => {
    await world.say();
    await world.say();
    await world.say({ conversation: { ...CHAT, id: 'webhook:other' } });
    const claims = await Promise.all([world.tryClaim(), world.tryClaim(), world.tryClaim('webhook:other')]);
    expect(claims.map((claim) => claim?.turn.state ?? null)).toEqual(['running', null, 'running']);
  });

  test('[CH-6] turns run in the order in which they came, and the order is numbered when they begin', async () => {
    const first = await world.say({ text: 'one' });
    const second = await world.say({ text: 'two' });
    const claimed = await world.claim();
    expect(claimed).toMatchObject({ turn: { id: first.turnId, ordinal: 1, attempt: 1, owner: world.runId }, steps: [], calls: [] });
    await end(first.turnId, { effects: [world.reply('1')] });
    const next = await world.claim();
    expect(next.turn).toMatchObject({ id: second.turnId, ordinal: 2 });
    expect(next.history.map((row) => [row.content, row.seq, row.turn_ordinal])).toEqual([
      ['one', 1, 1],
      ['two', 2, 2],
      ['1', 3, 1],
    ]);
  });

  test('[US-1] the first model call is recorded in the commit of the claim', async () => {
    const { turnId } = await world.say();
    const { attempt } = await world.claim();
    expect(attempt).toBe(1);
    expect(world.rows('SELECT owner_id, step_n, attempt, state, sender, model FROM model_calls')).toEqual([
      { owner_id: turnId, step_n: 0, attempt: 1, state: 'dispatched', sender: 'u1', model: 'demo-1' },
    ]);
    expect(world.rows('SELECT n, state FROM steps')).toEqual([{ n: 0, state: 'calling' }]);
    expect(world.spine.events(0, 10).map((event) => event.type)).toEqual(['inbound_message', 'turn_started']);
  });

  test('without a model to ask, no call is recorded', async () => {
    await world.say();
    await world.spine.claim({ conversationId: CHAT.id, configHash: 'c', model: '', call: null });
    expect(world.counts()).toMatchObject({ model_calls: 0, steps: 0 });
  });

  test('[CO-6] a batch has the least authority of its senders', async () => {
    const gather = () => world.clock.now();
    await world.say({ authority: 'owner', gather });
    await world.say({ authority: 'stranger', gather });
    await world.say({ authority: 'member', gather });
    expect((await world.claim()).authority).toBe('stranger');
  });

  test('the prompt gets the newest 200 messages of the session, and is told when there are more', async () => {
    await Promise.all(Array.from({ length: 200 }, () => world.say({ start: 'observe' })));
    await world.say({ text: 'last' });
    const { history, historyCut } = await world.claim();
    expect([history.length, history[0]?.seq, history.at(-1)?.content, historyCut]).toEqual([200, 2, 'last', true]);
  });
});

describe('answer', () => {
  test('[G-3] the whole answer, its cost and its calls are kept before a tool acts, under keys that no crash changes', async () => {
    const { turnId } = await world.say();
    await world.claim();
    const keys = await world.spine.answer(answerOf(turnId, 0, [REPLY_CALL, REACT_CALL]));
    expect(new Set(keys).size).toBe(2);
    for (const key of keys) expect(key).toMatch(/^[a-z2-7]{25}$/);
    expect(world.rows('SELECT idx, tool, state, args FROM tool_calls ORDER BY idx')).toEqual([
      { idx: 0, tool: 'reply', state: 'planned', args: '{"content":"Hello."}' },
      { idx: 1, tool: 'react', state: 'planned', args: '{"emoji":"👍"}' },
    ]);
    expect(world.rows('SELECT state, input_tokens, reasoning_tokens, cost_micro_usd, cost_status, request_id FROM model_calls')).toEqual([
      { state: 'settled', input_tokens: 10, reasoning_tokens: 3, cost_micro_usd: 7, cost_status: 'priced', request_id: 'request-1' },
    ]);
    expect(world.rows('SELECT state FROM steps')).toEqual([{ state: 'answered' }]);
  });

  test('an answer without calls leaves its step done', async () => {
    const { turnId } = await world.say();
    await world.claim();
    expect(await world.spine.answer(answerOf(turnId, 0))).toEqual([]);
    expect(world.rows('SELECT state FROM steps')).toEqual([{ state: 'done' }]);
  });

  test('[US-10] a failed attempt keeps what its provider reported, and the next one is recorded in the same commit', async () => {
    const { turnId } = await world.say();
    await world.claim();
    const { usage } = respond();
    const outcome = { usage, usageKnown: true, error: 'provider_overloaded' };
    expect(await world.spine.retryCall(turnId, 0, outcome, { ...MODEL_CALL, model: 'demo-2' })).toBe(2);
    expect(world.rows('SELECT attempt, state, model, output_tokens, cost_status, error_code FROM model_calls ORDER BY attempt')).toEqual([
      { attempt: 1, state: 'failed', model: 'demo-1', output_tokens: 5, cost_status: 'partial', error_code: 'provider_overloaded' },
      { attempt: 2, state: 'dispatched', model: 'demo-2', output_tokens: 0, cost_status: 'unknown', error_code: null },
    ]);
  });
});

describe('tool calls', () => {
  test('[TL-9] started is durable before the effect, and the result before the next request', async () => {
    const { turnId } = await world.say();
    await world.claim();
    const [key = ''] = await world.spine.answer(answerOf(turnId, 0, [REACT_CALL]));
    await world.spine.startCall(turnId, key);
    expect(world.spine.toolCall(key)).toMatchObject({ state: 'started', attempt: 1 });
    await world.spine.endCall({ turnId, key, isError: false, result: 'ok', code: null, effects: [] });
    expect(world.spine.toolCall(key)).toMatchObject({ state: 'done', result: '{"text":"ok","code":null}' });
    await world.spine.endStep(turnId, 0);
    expect(world.rows('SELECT state FROM steps')).toEqual([{ state: 'done' }]);
    expect(world.spine.events(0, 10).map((event) => event.type)).toEqual([
      'inbound_message',
      'turn_started',
      'tool_started',
      'tool_completed',
    ]);
  });

  test('a failed call says so and keeps its code for the next step', async () => {
    const { turnId } = await world.say();
    await world.claim();
    const [key = ''] = await world.spine.answer(answerOf(turnId, 0, [REACT_CALL]));
    await world.spine.endCall({ turnId, key, isError: true, result: 'no', code: 'message_not_found', effects: [] });
    expect(world.spine.toolCall(key)).toMatchObject({ state: 'failed', result: '{"text":"no","code":"message_not_found"}' });
  });
});

describe('the end of a turn', () => {
  test.each([
    ['replied', 'completed', 'done', 'reply', 'turn_completed'],
    ['reacted', 'completed', 'done', 'reaction', 'turn_completed'],
    ['skipped', 'completed', 'done', 'silent', 'turn_completed'],
    ['turn_limit', 'failed', 'failed', 'notice', 'turn_failed'],
    ['failed', 'failed', 'failed', 'notice', 'turn_failed'],
    ['cancelled', 'cancelled', 'cancelled', 'notice', 'turn_completed'],
    ['interrupted', 'parked', 'dead', 'notice', 'turn_failed'],
  ] as const)('[CH-7, CH-29] %s ends the turn as %s and its message as %s, %s', async (ending, state, mailbox, outcome, event) => {
    const { turnId, messageId } = await world.say();
    await world.claim();
    expect(await end(turnId, { ending })).toBe(true);
    expect(world.spine.turn(turnId)).toMatchObject({ state, ending, owner: null });
    expect(world.spine.mailboxOfMessage(messageId)).toMatchObject({ state: mailbox, outcome });
    expect(world.spine.events(0, 100).at(-1)?.type).toBe(event);
    expect(world.rung.slice(-2)).toEqual([`ended ${turnId}`, `turn ${CHAT.id} 0`]);
  });

  test('[CH-8] what was still planned is cancelled with the turn', async () => {
    const { turnId } = await world.say();
    await world.claim();
    const [key = ''] = await world.spine.answer(answerOf(turnId, 0, [REACT_CALL]));
    await end(turnId, { ending: 'cancelled' });
    expect(world.spine.toolCall(key)).toMatchObject({ state: 'cancelled' });
  });

  test('[CH-9] a failed turn keeps the question, the failed call and its notice', async () => {
    const { turnId, messageId } = await world.say({ text: 'why?' });
    await world.claim();
    const error = { code: 'provider_timeout', message: 'Too slow.' };
    const outcome = { usage: respond().usage, usageKnown: false, error: error.code };
    const notice = { type: 'notice', text: 'Sorry.', code: error.code } as const;
    await end(turnId, { ending: 'failed', error, effects: [notice], failedCall: { step: 0, outcome } });
    expect(world.spine.message(messageId)?.content).toBe('why?');
    expect(world.spine.messagesOfTurn(turnId).map((row) => [row.role, row.content])).toEqual([
      ['user', 'why?'],
      ['system', 'Sorry.'],
    ]);
    expect(world.rows('SELECT state, cost_status FROM model_calls')).toEqual([{ state: 'failed', cost_status: 'unknown' }]);
  });

  test('the usual short turn keeps answer, call, message and end in one commit', async () => {
    const { turnId } = await world.say();
    await world.claim();
    const call = { isError: false, result: 'Sent.', code: null, ends: 'replied' } as const;
    const effects = [world.reply('Hello.')];
    expect(await world.spine.answerAndEnd(answerOf(turnId, 0, [REPLY_CALL]), call, { ending: 'replied', error: null, effects })).toBe(true);
    expect(world.spine.turn(turnId)).toMatchObject({ state: 'completed' });
    expect(world.rows('SELECT state, result FROM tool_calls')).toEqual([
      { state: 'done', result: '{"text":"Sent.","code":null,"ends":"replied"}' },
    ]);
    expect(world.rows('SELECT state FROM steps')).toEqual([{ state: 'done' }]);
    expect(world.spine.messagesOfTurn(turnId).map((row) => row.content)).toEqual(['message 1', 'Hello.']);
  });
});

describe('a turn that was cancelled meanwhile', () => {
  async function cancelled() {
    const { turnId } = await world.say();
    await world.claim();
    const [key = ''] = await world.spine.answer(answerOf(turnId, 0, [REACT_CALL]));
    await world.spine.cancelTurns(CHAT.id, 'turn', 'Stopped.');
    return { turnId, key, before: world.counts() };
  }

  test('[NV-1] writes nothing any more: no answer, no result, no message, no end, no further model call', async () => {
    const { turnId, key, before } = await cancelled();
    const { spine } = world;
    const effects = [world.reply()];
    const result = { isError: false, result: 'ok', code: null } as const;
    const attempts = await Promise.allSettled([
      spine.answer(answerOf(turnId, 1)),
      spine.startCall(turnId, key),
      spine.endCall({ turnId, key, ...result, effects }),
      spine.reserve(turnId, 1, MODEL_CALL),
      spine.retryCall(turnId, 0, { usage: respond().usage, usageKnown: true }, MODEL_CALL),
    ]);
    for (const attempt of attempts) expect(attempt).toMatchObject({ status: 'rejected', reason: { code: 'turn_cancelled' } });
    expect(await end(turnId, { effects })).toBe(false);
    expect(await spine.answerAndEnd(answerOf(turnId, 1, [REPLY_CALL]), result, { ending: 'replied', error: null, effects })).toBe(false);
    expect(world.counts()).toEqual(before);
    expect(spine.turn(turnId)).toMatchObject({ state: 'cancelled', error_code: 'turn_cancelled' });
  });

  test('[US-10] a call that was under way when the turn was cancelled is closed with it', async () => {
    await world.say();
    await world.claim();
    await world.spine.cancelTurns(CHAT.id, 'turn', 'Stopped.');
    expect(world.rows('SELECT state, cost_status FROM model_calls')).toEqual([{ state: 'assumed', cost_status: 'partial' }]);
  });
});
