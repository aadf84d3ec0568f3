import { afterEach, expect, test } from 'vitest';
import { StorageError } from '../core/errors.ts';
import { type AdapterKey, type AgentId, type ConversationId, PORTAL, trusted } from '../core/ids.ts';
import type { InboundMessage } from '../core/messages.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { MessagingWorld } from '../testing/messaging-world.ts';

const DISCORD =
  '[messaging.discord]\ndm_allowed_users = ["*"]\nauthority = ["boss"]\n[[bindings]]\nchannel = "discord"\nagent_id = "main"\n';
const PLACE = 'discord:g:room';
const worlds: MessagingWorld[] = [];

afterEach(async () => {
  for (const world of worlds.splice(0)) await world.stop();
});

function open(config = DISCORD, clock = new ManualClock()): MessagingWorld {
  const world = new MessagingWorld({ config, clock, definitions: [] });
  worlds.push(world);
  return world;
}

let counter = 0;

function message(text: string, changes: Partial<InboundMessage> = {}): InboundMessage {
  counter += 1;
  return {
    address: { adapterKey: trusted<AdapterKey>('discord'), conversationId: trusted<ConversationId>(PLACE) },
    platformMessageId: `p${counter}`,
    sender: { id: 'ann', name: 'Ann', isBot: false },
    place: { isDirect: false, channelId: 'room' },
    text,
    files: [],
    addressed: 'no',
    receivedAt: 0,
    ...changes,
  };
}

const boss = { sender: { id: 'boss', name: 'Boss', isBot: false } };

/** What the bot said last in the place. */
function lastLine(world: MessagingWorld): string | undefined {
  return world.agent().spine.messages(PLACE, { limit: 200 }).at(-1)?.content;
}

test('[MS-2] a redelivered message starts nothing and gives the first ids', async () => {
  const world = open();
  const first = await world.gateway.receive(message('hi', { platformMessageId: 'same' }));
  const again = await world.gateway.receive(message('hi', { platformMessageId: 'same' }));
  expect(first).toMatchObject({ outcome: 'accepted', duplicate: false });
  expect(again).toEqual({ ...first, duplicate: true });
  expect(world.log).toEqual(['received main', 'duplicate']);
});

test('a key counts for its lifetime and names a new message afterwards', async () => {
  const clock = new ManualClock();
  const world = open(DISCORD, clock);
  const day = 24 * 60 * 60 * 1000;
  const keyed = () => message('hi', { platformMessageId: 'k', idLifetimeMs: day });
  await world.gateway.receive(keyed());
  clock.advance(day - 1);
  expect(await world.gateway.receive(keyed())).toMatchObject({ duplicate: true });
  clock.advance(1);
  expect(await world.gateway.receive(keyed())).toMatchObject({ duplicate: false });
  expect(await world.gateway.receive(keyed())).toMatchObject({ duplicate: true });
});

test('a repeat after a rebinding finds the agent that holds the original', async () => {
  const agents = '[[agents]]\nid = "main"\n[[agents]]\nid = "sales"\n';
  const world = open(DISCORD + agents);
  const first = await world.gateway.receive(message('hi', { platformMessageId: 'r' }));
  await world.reconfigure(DISCORD.replace('agent_id = "main"', 'agent_id = "sales"') + agents);
  expect(await world.gateway.receive(message('hi', { platformMessageId: 'r' }))).toEqual({ ...first, duplicate: true });
  expect(await world.gateway.receive(message('new'))).toMatchObject({ agentId: 'sales' });
});

test('[CO-1] a burst in a shared place becomes one turn, and one in a direct talk does not', async () => {
  const world = open();
  const one = await world.gateway.receive(message('a'));
  const two = await world.gateway.receive(message('b', boss));
  expect(two).toMatchObject({ turnId: 'turnId' in one ? one.turnId : '' });
  const direct = {
    place: { isDirect: true },
    addressed: 'direct' as const,
    address: { adapterKey: trusted<AdapterKey>('discord'), conversationId: trusted<ConversationId>('discord:dm:ann') },
  };
  await world.gateway.receive(message('c', direct));
  await world.gateway.receive(message('d', direct));
  expect(world.agent().spine.openTurns('discord:dm:ann')).toHaveLength(2);
});

test('[CH-20] a message in a quiet place enters the history without a turn', async () => {
  const world = open();
  await world.gateway.receive(message('/quiet', boss));
  expect(await world.gateway.receive(message('just talking'))).toMatchObject({ outcome: 'handled', turnId: '' });
  expect(lastLine(world)).toBe('just talking');
  expect(world.agent().spine.openTurns(PLACE)).toEqual([]);
  await world.gateway.receive(message('/active', boss));
  expect(await world.gateway.receive(message('hello?'))).toMatchObject({ outcome: 'accepted' });
});

test('a refused message is listed without content, and its place is announced once a day', async () => {
  const clock = new ManualClock();
  const world = open('[messaging.discord]\n', clock);
  const mention = () => message('secret words', { addressed: 'mention' });
  expect(await world.gateway.receive(mention())).toMatchObject({ outcome: 'rejected', code: 'sender_not_allowed' });
  await world.gateway.receive(mention());
  await world.gateway.receive(message('not for the bot'));
  expect(world.rejections.map((rejection) => rejection.code)).toEqual(['sender_not_allowed', 'sender_not_allowed', 'no_binding']);
  expect(JSON.stringify(world.rejections)).not.toContain('secret words');
  expect(world.refusals).toMatchObject([{ binding: { agent_id: 'main', channel: 'discord', channel_ids: ['room'] } }]);
  clock.advance(24 * 60 * 60 * 1000);
  await world.gateway.receive(mention());
  expect(world.refusals).toHaveLength(2);
});

test('[MS-29] an echo of our own message is dropped', async () => {
  const world = open();
  await world.gateway.receive(
    message('hi', { address: { adapterKey: trusted<AdapterKey>('discord'), conversationId: trusted<ConversationId>(PLACE) } }),
  );
  await world.agent().spine.cancelTurns(PLACE, 'all', 'test');
  await world
    .agent()
    .spine.operatorSend(
      { id: PLACE, adapterKey: 'discord', displayName: null, place: { isDirect: false } },
      { text: 'from us', replyToId: null, key: null },
    );
  const head = world.agent().spine.headOfPlace('discord', PLACE);
  await world.agent().spine.sent(head?.id ?? '', { state: 'delivered', platformMessageId: 'ours' });
  expect(await world.gateway.receive(message('from us', { platformMessageId: 'ours' }))).toMatchObject({ outcome: 'rejected' });
});

test('[CH-28] /stop ends the running turn, tells the channel, and leaves the waiting ones', async () => {
  const world = open();
  await world.gateway.receive(message('long work', { place: { isDirect: true }, addressed: 'direct' }));
  await world.gateway.receive(message('next', { place: { isDirect: true }, addressed: 'direct' }));
  const running = await world.claim(PLACE);
  const stopped = await world.gateway.receive(message('/STOP'));
  expect(stopped).toMatchObject({ outcome: 'handled', duplicate: false });
  expect(lastLine(world)).toBe('Stopped.');
  expect(world.aborted).toEqual([running]);
  expect(world.agent().spine.turn(running)).toMatchObject({ state: 'cancelled' });
  expect(world.agent().spine.openTurns(PLACE)).toHaveLength(1);
  await world.agent().spine.cancelTurns(PLACE, 'all', 'test');
  await world.gateway.receive(message('/stop'));
  expect(lastLine(world)).toBe('Nothing is running here.');
});

test('[CH-28] /stop works when the queue is full', async () => {
  const world = open();
  const direct = { place: { isDirect: true }, addressed: 'direct' as const };
  await Promise.all(Array.from({ length: 256 }, (_, index) => world.gateway.receive(message(`m${index}`, direct))));
  await expect(world.gateway.receive(message('one too many', direct))).rejects.toMatchObject({ code: 'queue_full' });
  await world.claim(PLACE);
  await world.gateway.receive(message('/stop', direct));
  expect(lastLine(world)).toBe('Stopped.');
});

test('[MS-32] lacking authority gives one fixed line and changes nothing', async () => {
  const world = open();
  for (const text of ['/pause', '/quiet', '/active', '/mention-only', '/model demo/other']) {
    await world.gateway.receive(message(text));
    expect(lastLine(world), text).toBe('This command needs authority, and you are not in the authority list.');
  }
  expect(world.pauses).toEqual([]);
  expect(world.agent().spine.conversation(PLACE)?.settings).toBe('{}');
});

test('/pause rests the agent with a reason, /pause off wakes it, and a redelivery does neither', async () => {
  const world = open();
  await world.gateway.receive(message('/pause holiday', { ...boss, platformMessageId: 'pause' }));
  await world.gateway.receive(message('/pause off', boss));
  await world.gateway.receive(message('/pause holiday', { ...boss, platformMessageId: 'pause' }));
  expect(world.pauses).toEqual([
    ['main', true, 'holiday'],
    ['main', false, null],
  ]);
});

test('a paused agent keeps its messages', async () => {
  const world = open();
  world.agent().paused = 'holiday';
  expect(await world.gateway.receive(message('hi'))).toMatchObject({ outcome: 'accepted' });
  await world.gateway.receive(message('/status'));
  expect(lastLine(world)).toBe('Paused: holiday\nWaiting messages: 1\nModel: demo/demo\nMode: active\nSession: 1');
});

test('/status tells how long the running turn takes', async () => {
  const clock = new ManualClock();
  const world = open(DISCORD, clock);
  await world.gateway.receive(message('work', { place: { isDirect: true }, addressed: 'direct' }));
  await world.claim(PLACE);
  clock.advance(12_000);
  await world.gateway.receive(message('/status'));
  expect(lastLine(world)).toContain('Answering for 12 s\nWaiting messages: 0');
});

test('/whoami, /agent-id, /new, /model and /help answer without a model', async () => {
  const world = open();
  const say = async (text: string, from: Partial<InboundMessage> = {}) => {
    await world.gateway.receive(message(text, from));
    return lastLine(world);
  };
  expect(await say('/whoami')).toBe('You are Ann (ann), member, and may use the commands of /help.');
  expect(await say('/agent_id')).toBe('Agent: main');
  expect(await say('/new')).toBe('New session (2). I start from a clean page.');
  expect(await say('/model')).toBe('Model: demo/demo');
  expect(await say('/model nonsense', boss)).toBe('There is no model nonsense.');
  expect(await say('/model demo/other', boss)).toBe('This conversation now uses demo/other.');
  expect(world.agent().spine.conversation(PLACE)?.settings).toBe('{"model":"demo/other"}');
  expect(await say('/model default', boss)).toBe('This conversation uses the model of the agent again.');
  expect(await say('/help')).not.toContain('/pause');
  expect(await say('/help', boss)).toContain('/pause [reason|off]');
  expect(world.agent().spine.openTurns(PLACE)).toEqual([]);
});

test('[MS-32] a command for another bot is read along, and an unknown slash word goes to the model', async () => {
  const world = open();
  expect(await world.gateway.receive(message('/stop@otherbot', { addressed: 'direct' }))).toMatchObject({ outcome: 'handled', turnId: '' });
  expect(await world.gateway.receive(message('/frobnicate now'))).toMatchObject({ outcome: 'accepted' });
  expect(await world.gateway.receive(message('/status/of/things'))).toMatchObject({ outcome: 'accepted' });
});

test('a text past 65,536 bytes is cut at a character and marked', async () => {
  const world = open();
  await world.gateway.receive(message('👩‍👩‍👧'.repeat(5_000)));
  const kept = lastLine(world) ?? '';
  expect(Buffer.byteLength(kept)).toBeLessThanOrEqual(65_536);
  expect(kept).toMatch(/^(?:👩‍👩‍👧)+\n\[cut: the message was longer\]$/);
});

test('the portal needs no send: the caller is owner and the answer is delivered as it is stored', async () => {
  const world = open('');
  const address = { adapterKey: PORTAL, conversationId: trusted<ConversationId>('portal:chat:main:s') };
  const sent = await world.gateway.receive(
    message('hi', {
      address,
      platformMessageId: null,
      place: { isDirect: true },
      addressed: 'direct',
      requestedAgent: trusted<AgentId>('main'),
    }),
  );
  const turnId = await world.answer(address.conversationId, 'hello');
  expect(sent).toMatchObject({ outcome: 'accepted', turnId });
  expect(await world.gateway.waitForTurn('main', turnId, AbortSignal.timeout(5_000))).toEqual({ state: 'completed', error: null });
  expect(world.agent().spine.mailboxOfTurn(turnId)).toMatchObject([{ authority: 'owner', state: 'done' }]);
});

test('waiting for a turn ends with the signal when the turn does not', async () => {
  const world = open();
  const sent = await world.gateway.receive(message('hi'));
  const stop = new AbortController();
  const waiting = world.gateway.waitForTurn('main', 'turnId' in sent ? sent.turnId : '', stop.signal);
  stop.abort();
  expect(await waiting).toBeNull();
});

test('[ST-9] nothing is taken while a store refuses writes', async () => {
  const world = open();
  Object.defineProperty(world.agent().spine, 'failure', { value: new StorageError('storage_error', 'The disk is full.') });
  await expect(world.gateway.receive(message('hi'))).rejects.toMatchObject({ code: 'unavailable' });
});

test('[ST-9] nothing is taken while the intake is stopped', async () => {
  const world = open();
  world.gateway.stopIntake();
  await expect(world.gateway.receive(message('hi'))).rejects.toMatchObject({ code: 'unavailable', retry: { afterMs: 5_000 } });
  expect(world.agent().spine.countConversations()).toBe(0);
});
