import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { answerOf, CHAT, REPLY_CALL, SpineWorld } from './spine-test-world.ts';
import type { PlannedCall } from './turn-calls.ts';

let world: SpineWorld;
beforeEach(() => {
  world = new SpineWorld();
});
afterEach(() => world.close());

const DAY_MS = 24 * 60 * 60 * 1000;

function crash(crashed = true) {
  world.reboot();
  return world.recover(crashed);
}

describe('what a dead owner left behind', () => {
  test('[G-3] a running turn is ready again with its messages, and runs under the new boot as a second attempt', async () => {
    const { turnId, messageId } = await world.say();
    const first = await world.claim();
    expect(crash()).toEqual({ turns: 1, parked: 0, ambiguous: 0, expired: 0 });
    expect(world.spine.turn(turnId)).toMatchObject({ state: 'ready', owner: null, crash_count: 1 });
    expect(world.spine.mailboxOfMessage(messageId)).toMatchObject({ state: 'queued' });
    const again = await world.claim();
    expect(again).toMatchObject({ turn: { id: turnId, attempt: 2, ordinal: first.turn.ordinal, owner: world.runId }, attempt: 2 });
  });

  test('[US-8] model calls whose end nobody saw are assumed, never forgotten', async () => {
    await world.say();
    await world.claim();
    crash();
    await world.claim();
    expect(world.rows('SELECT attempt, state, cost_status FROM model_calls ORDER BY attempt')).toEqual([
      { attempt: 1, state: 'assumed', cost_status: 'partial' },
      { attempt: 2, state: 'dispatched', cost_status: 'unknown' },
    ]);
  });

  test('[CO-7] a turn that still gathered runs at once', async () => {
    await world.say({ gather: () => world.clock.now() + 1_500 });
    crash();
    world.clock.advance(1_500);
    expect(world.spine.openTurns(CHAT.id)).toMatchObject([{ state: 'ready' }]);
    expect(await world.tryClaim()).not.toBeNull();
  });

  test.each([
    ['safe', 'planned', null],
    ['keyed', 'planned', null],
    ['never', 'unknown', 'interrupted'],
  ] as const)('[TL-9] a call that had started and may be repeated: %s becomes %s', async (repeat, state, code) => {
    const { turnId } = await world.say();
    await world.claim();
    const call: PlannedCall = { ...REPLY_CALL, tool: 'shell', repeat };
    const [key = '', other = ''] = await world.spine.answer(answerOf(turnId, 0, [call, { ...call, args: { n: 2 } }]));
    await world.spine.startCall(turnId, key);
    crash();
    const row = world.spine.toolCall(key);
    expect(row).toMatchObject({ state, attempt: 1 });
    expect(row?.result === null ? null : JSON.parse(row?.result ?? '').code).toBe(code);
    expect(world.spine.toolCall(other)).toMatchObject({ state: 'planned' });
    const { steps, calls, attempt } = await world.claim();
    expect([steps.map((step) => step.state), calls.map((planned) => planned.key), attempt]).toEqual([['answered'], [key, other], 0]);
  });

  test('[MS-6] a send that was under way is in doubt, what waited still waits', async () => {
    const { turnId } = await world.say();
    await world.claim();
    await world.spine.endTurn({ turnId, ending: 'replied', error: null, effects: [world.reply('a'), world.reply('b')] });
    expect(crash()).toMatchObject({ ambiguous: 1 });
    expect(world.spine.deliveriesOfTurn(turnId).map((row) => [row.state, row.owner])).toEqual([
      ['ambiguous', null],
      ['queued', null],
    ]);
  });

  test('[MS-8] what could not be delivered within a day is dead and says so', async () => {
    const turnId = await world.talk('hi');
    world.clock.advance(DAY_MS);
    expect(crash()).toMatchObject({ expired: 1, ambiguous: 0 });
    expect(world.spine.deliveriesOfTurn(turnId)).toMatchObject([{ state: 'dead', error_code: 'delivery_expired', error_permanent: 1 }]);
    expect(world.spine.messagesOfTurn(turnId).at(-1)?.delivery).toBe('failed');
    expect(world.spine.events(0, 100).at(-1)?.type).toBe('delivery_dead');
  });

  test('final states stay as they are', async () => {
    const turnId = await world.talk('hi');
    const [delivery] = world.spine.deliveriesOfTurn(turnId);
    await world.spine.sent(delivery?.id ?? '', { state: 'delivered', platformMessageId: 'p' });
    const before = [world.spine.turn(turnId), world.spine.deliveriesOfTurn(turnId), world.spine.mailboxOfTurn(turnId)];
    expect(crash()).toEqual({ turns: 0, parked: 0, ambiguous: 0, expired: 0 });
    expect([world.spine.turn(turnId), world.spine.deliveriesOfTurn(turnId), world.spine.mailboxOfTurn(turnId)]).toEqual(before);
  });
});

describe('a turn that crashes the process', () => {
  test('[WK-21, NV-15] the third crash at the same place parks it with one notice', async () => {
    const { turnId, messageId } = await world.say();
    await world.claim();
    crash();
    await world.claim();
    crash();
    await world.claim();
    expect(crash()).toMatchObject({ parked: 1, turns: 0 });
    expect(world.spine.turn(turnId)).toMatchObject({ state: 'parked', ending: 'interrupted', error_code: 'interrupted' });
    expect(world.spine.mailboxOfMessage(messageId)).toMatchObject({ state: 'dead', outcome: 'notice' });
    expect(world.spine.deliveriesOfTurn(turnId)).toMatchObject([{ kind: 'notice', key: `n|${turnId}|interrupted` }]);
    expect(await world.tryClaim()).toBeNull();
    crash();
    expect(world.spine.deliveriesOfTurn(turnId)).toHaveLength(1);
  });

  test('a crash at another step or call begins the count again', async () => {
    const { turnId } = await world.say();
    await world.claim();
    crash();
    await world.claim();
    crash();
    expect(world.spine.turn(turnId)).toMatchObject({ crash_at: '0', crash_count: 2 });
    await world.claim();
    const [key = ''] = await world.spine.answer(answerOf(turnId, 0, [{ ...REPLY_CALL, repeat: 'safe' }]));
    await world.spine.startCall(turnId, key);
    crash();
    expect(world.spine.turn(turnId)).toMatchObject({ state: 'ready', crash_at: '0:0', crash_count: 1 });
  });

  test('[ST-11] a clean shutdown counts nothing', async () => {
    const { turnId } = await world.say();
    for (let boot = 0; boot < 5; boot += 1) {
      await world.claim();
      crash(false);
    }
    expect(world.spine.turn(turnId)).toMatchObject({ state: 'ready', crash_count: 0, crash_at: null });
  });

  test('one poisoned turn keeps the messages behind it waiting no longer', async () => {
    await world.say();
    const next = await world.say();
    for (let boot = 0; boot < 3; boot += 1) {
      await world.claim();
      crash();
    }
    expect((await world.claim()).turn.id).toBe(next.turnId);
  });
});
