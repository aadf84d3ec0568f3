import { afterEach, beforeEach, expect, test } from 'vitest';
import { answerOf, REPLY_CALL, SpineWorld } from './spine-test-world.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

let world: SpineWorld;
beforeEach(() => {
  world = new SpineWorld();
});
afterEach(() => world.close());

const count = (table: string) => Number(world.rows(`SELECT count(*) AS n FROM ${table}`)[0]?.n);

async function answeredTurn(): Promise<string> {
  const { turnId } = await world.say();
  await world.claim();
  const said = { isError: false, result: 'Sent.', code: null, ends: 'replied' as const };
  const effects = [{ type: 'reply' as const, messageId: `reply-${turnId}`, text: 'Hello.', replaced: false }];
  await world.spine.answerAndEnd(answerOf(turnId, 0, [REPLY_CALL]), said, { ending: 'replied', error: null, effects });
  for (const row of world.spine.deliveriesOfTurn(turnId)) await world.spine.sent(row.id, { state: 'delivered', platformMessageId: null });
  return turnId;
}

test('[ST-12] after thirty days a finished turn goes with its traces, and its messages and its cost stay', async () => {
  await answeredTurn();
  world.clock.advance(29 * DAY_MS);
  expect(await world.spine.sweep()).toBe(0);
  world.clock.advance(2 * DAY_MS);
  while ((await world.spine.sweep()) > 0);
  expect(['turns', 'steps', 'tool_calls', 'mailbox', 'outbox'].map(count)).toEqual([0, 0, 0, 0, 0]);
  expect(count('messages')).toBe(2);
  expect(count('model_calls')).toBe(1);
});

test('[ST-12] what is open is never swept, however old it is', async () => {
  const { turnId } = await world.say();
  world.clock.advance(500 * DAY_MS);
  await world.spine.sweep();
  expect(world.spine.turn(turnId)?.state).toBe('ready');
  expect(count('mailbox')).toBe(1);
});
