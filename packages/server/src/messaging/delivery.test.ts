import { afterEach, expect, test } from 'vitest';
import { DeliveryError } from '../core/errors.ts';
import { FakePlatform } from '../testing/fake-platform.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { MessagingWorld } from '../testing/messaging-world.ts';
import { afterFailure, backoffMs } from './retry-rules.ts';

const CONFIG = '[messaging.discord]\nenabled = true\ntoken = "x"\n[[agents]]\nid = "main"\n[[agents]]\nid = "sales"\n';

const worlds: MessagingWorld[] = [];

afterEach(async () => {
  for (const world of worlds.splice(0)) await world.stop();
});

async function start(platform: FakePlatform, clock = new ManualClock(), directory?: string): Promise<MessagingWorld> {
  const world = new MessagingWorld({
    config: CONFIG,
    clock,
    definitions: [platform.definition],
    ...(directory === undefined ? {} : { directory }),
  });
  worlds.push(world);
  world.delivery.start();
  await world.gateway.adapters.reconcile(world.config);
  return world;
}

/** Lets the agent speak in a place, without a turn. */
function say(world: MessagingWorld, text: string, place = 'discord:room', agentId = 'main'): Promise<string> {
  const draft = { id: place, adapterKey: 'discord', displayName: null, place: { isDirect: false } };
  return world.agent(agentId).spine.operatorSend(draft, { text, replyToId: null, key: null });
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

const state = (world: MessagingWorld, id: string) => world.agent().spine.delivery(id);
const transient = () => new DeliveryError('transient', 'platform_unreachable', 'down');

test('[MS-11] items leave in order, one after the other, also when two agents speak in one place', async () => {
  const platform = new FakePlatform('key', 'discord');
  const world = await start(platform);
  await Promise.all([say(world, 'a1'), say(world, 'a2'), say(world, 'b1', 'discord:room', 'sales'), say(world, 'a3')]);
  await until(() => platform.heard.length === 4);
  expect(platform.heard.filter((text) => text.startsWith('a'))).toEqual(['a1', 'a2', 'a3']);
});

test('[MS-8] a transient failure is tried again later and blocks its own place only', async () => {
  const clock = new ManualClock();
  const platform = new FakePlatform('key', 'discord');
  const world = await start(platform, clock);
  platform.failures.push(transient());
  const first = await say(world, 'first');
  await until(() => state(world, first)?.state === 'retrying');
  await say(world, 'second');
  await say(world, 'elsewhere', 'discord:other');
  await until(() => platform.heard.length === 1);
  expect(platform.heard).toEqual(['elsewhere']);
  clock.advance(1_000);
  await until(() => platform.heard.length === 3);
  expect(platform.heard).toEqual(['elsewhere', 'first', 'second']);
  await until(() => state(world, first)?.state === 'delivered');
  expect(state(world, first)).toMatchObject({ attempts: 2, platform_message_id: 'm2' });
});

test('[MS-8] eight tries, then the item is dead and the next one leaves', async () => {
  const clock = new ManualClock();
  const platform = new FakePlatform('key', 'discord');
  const world = await start(platform, clock);
  for (let index = 0; index < 8; index += 1) platform.failures.push(transient());
  const doomed = await say(world, 'doomed');
  for (let tries = 1; tries < 8; tries += 1) {
    await until(() => state(world, doomed)?.state === 'retrying' && state(world, doomed)?.attempts === tries && clock.nextIn !== null);
    await until(() => (clock.nextIn ?? Number.POSITIVE_INFINITY) <= 300_000);
    clock.advance(clock.nextIn ?? 0);
  }
  await until(() => state(world, doomed)?.state === 'dead');
  expect(state(world, doomed)).toMatchObject({ attempts: 8, error_code: 'platform_unreachable', error_permanent: 0 });
  await say(world, 'alive');
  await until(() => platform.heard.length === 1);
});

test('a permanent failure is dead at once, and Retry-After costs no try', async () => {
  const clock = new ManualClock();
  const platform = new FakePlatform('key', 'discord');
  const world = await start(platform, clock);
  platform.failures.push(new DeliveryError('permanent', 'platform_forbidden', 'blocked'));
  const blocked = await say(world, 'blocked');
  await until(() => state(world, blocked)?.state === 'dead');
  expect(state(world, blocked)).toMatchObject({ error_code: 'platform_forbidden', error_permanent: 1 });
  platform.failures.push(new DeliveryError('rate_limited', 'platform_rate_limited', 'slow down', { retryAfterMs: 90_000 }));
  const limited = await say(world, 'limited');
  await until(() => state(world, limited)?.state === 'retrying');
  expect(state(world, limited)).toMatchObject({ attempts: 0, not_before: clock.now() + 90_000 });
  clock.advance(90_000);
  await until(() => platform.heard.length === 1);
});

test('[MS-9] an adapter that is away costs no try, and its items leave when it connects', async () => {
  const platform = new FakePlatform('key', 'discord');
  platform.connects = false;
  const world = await start(platform);
  const waiting = await say(world, 'patience');
  await until(() => state(world, waiting)?.state === 'retrying');
  expect(state(world, waiting)?.attempts).toBe(0);
  platform.host?.reportState('connected');
  await until(() => platform.heard.length === 1);
});

test('[MS-9] an item nobody could take for 24 hours is dead', async () => {
  const clock = new ManualClock();
  const platform = new FakePlatform('key', 'discord');
  platform.connects = false;
  const world = await start(platform, clock);
  const waiting = await say(world, 'too late');
  await until(() => state(world, waiting)?.state === 'retrying');
  await until(() => clock.nextIn !== null);
  clock.advance(24 * 60 * 60 * 1000);
  await until(() => state(world, waiting)?.state === 'dead');
  expect(state(world, waiting)).toMatchObject({ error_code: 'delivery_expired' });
});

test('[MS-4] a send cut off by a crash is repeated under its key', async () => {
  const platform = new FakePlatform('key', 'discord');
  platform.failures.push('hang');
  const world = await start(platform);
  const cut = await say(world, 'cut off');
  await until(() => platform.failures.length === 0);
  worlds.length = 0;
  await world.stop({ keep: true });
  const next = await start(platform, new ManualClock(), world.directory);
  await until(() => state(next, cut)?.state === 'delivered');
  expect(platform.heard).toEqual(['cut off']);
});

test.each([
  ['found: it is delivered and not sent again', { platformMessageId: 'there' }, 'delivered', []],
  ['not sent: it is sent', 'not-sent', 'delivered', ['doubtful']],
  ['unknown: it is left to a person and blocks nothing', 'unknown', 'dead', []],
] as const)('[MS-5] a send in doubt is looked up; %s', async (_title, found, expected, heard) => {
  const platform = new FakePlatform('lookup', 'discord');
  platform.lookUp = found;
  platform.failures.push(new DeliveryError('ambiguous', 'platform_unreachable', 'cut'));
  const world = await start(platform);
  const doubtful = await say(world, 'doubtful');
  await until(() => state(world, doubtful)?.state === expected);
  expect(platform.heard).toEqual(heard);
  await say(world, 'next');
  await until(() => platform.heard.includes('next'));
});

test('a send that never answers is in doubt after a minute', async () => {
  const clock = new ManualClock();
  const platform = new FakePlatform('key', 'discord');
  platform.failures.push('hang');
  const world = await start(platform, clock);
  const slow = await say(world, 'slow');
  await until(() => platform.failures.length === 0);
  clock.advance(60_000);
  await until(() => state(world, slow)?.state === 'retrying');
  clock.advance(1_000);
  await until(() => platform.heard.length === 1);
});

test('[MS-14] refused credentials stop the adapter until they change, and its items wait', async () => {
  const platform = new FakePlatform('key', 'discord');
  platform.failures.push(new DeliveryError('unauthorized', 'platform_forbidden', 'bad token'));
  const world = await start(platform);
  const waiting = await say(world, 'later');
  await until(() => state(world, waiting)?.state === 'retrying');
  expect(state(world, waiting)?.attempts).toBe(0);
  expect(world.gateway.adapters.statuses()).toMatchObject([{ state: 'auth_failed', lastError: { message: 'bad token' } }]);
  await world.reconfigure(CONFIG.replace('"x"', '"y"'));
  await until(() => platform.heard.length === 1);
});

test('[MS-14] a broken adapter starts again after 5 s, doubling to 60 s, and short again after real traffic', async () => {
  const clock = new ManualClock();
  const platform = new FakePlatform('key', 'discord');
  const world = await start(platform, clock);
  const delays: (number | null)[] = [];
  for (let round = 1; round <= 6; round += 1) {
    await until(() => platform.runs === round);
    platform.crash(new Error('lost'));
    await until(() => clock.nextIn !== null);
    delays.push(clock.nextIn);
    clock.advance(clock.nextIn ?? 0);
  }
  expect(delays).toEqual([5_000, 10_000, 20_000, 40_000, 60_000, 60_000]);
  await until(() => platform.runs === 7);
  world.gateway.adapters.trafficSeen(world.gateway.adapters.statuses()[0]?.key ?? failKey());
  platform.crash(new Error('lost'));
  await until(() => clock.nextIn !== null);
  expect(clock.nextIn).toBe(5_000);
});

test('[MS-15] [MS-16] only a changed adapter is rebuilt, and an allow-list never rebuilds one', async () => {
  const platform = new FakePlatform('key', 'discord');
  const world = await start(platform);
  await world.reconfigure(`${CONFIG}`.replace('token = "x"', 'token = "x"\ndm_allowed_users = ["ann"]'));
  expect(platform.runs).toBe(1);
  await world.reconfigure(CONFIG.replace('"x"', '"z"'));
  expect(platform.runs).toBe(2);
  await world.reconfigure(CONFIG.replace('enabled = true', 'enabled = false'));
  expect(world.gateway.adapters.statuses()).toEqual([]);
  expect(world.states.at(-1)).toMatchObject({ key: 'discord', state: 'stopped' });
});

test('a platform that is enabled and has no adapter here is shown as unsupported', async () => {
  const world = await start(new FakePlatform('key', 'discord'));
  await world.reconfigure(`${CONFIG}[messaging.irc]\nenabled = true\nserver = "irc.example"\nnick = "bot"\n`);
  expect(world.gateway.adapters.statuses()).toMatchObject([
    { key: 'discord', state: 'connected' },
    { key: 'irc', state: 'unsupported' },
  ]);
});

test('signals reach an adapter that is connected and are lost otherwise', async () => {
  const platform = new FakePlatform('key', 'discord');
  const world = await start(platform);
  const [adapter] = world.gateway.adapters.statuses();
  const address = { adapterKey: adapter?.key ?? failKey(), conversationId: world.conversationId('discord:room') };
  world.delivery.signal(address, { type: 'typing', on: true });
  await world.gateway.stop();
  world.delivery.signal(address, { type: 'typing', on: false });
  expect(platform.signals).toEqual([{ type: 'typing', on: true }]);
});

test('the delay doubles from 1 s to 300 s, with at most a quarter more', () => {
  expect([1, 2, 3, 9, 20].map((attempts) => backoffMs(attempts, () => 0))).toEqual([1_000, 2_000, 4_000, 256_000, 300_000]);
  expect(backoffMs(1, () => 1)).toBe(1_250);
  expect(backoffMs(9, () => 1)).toBe(300_000);
});

test('a try is never made before Retry-After', () => {
  const error = new DeliveryError('transient', 'platform_unreachable', 'busy', { retryAfterMs: 60_000 });
  expect(afterFailure(error, { attempts: 1, reconcile: 'none', now: 0, random: () => 0 })).toMatchObject({
    state: 'retrying',
    notBefore: 60_000,
    countsAsTry: true,
  });
});

function failKey(): never {
  throw new Error('no adapter runs');
}
