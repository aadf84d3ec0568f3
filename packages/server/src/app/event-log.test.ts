import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SpacebotEvent } from '@spacebot/protocol/events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type AgentId, type ConversationId, createIdGenerator, type RunId, type TurnId, trusted } from '../core/ids.ts';
import { silentLogger } from '../core/logger.ts';
import { AgentSpine } from '../storage/agent/agent-spine.ts';
import { CHAT, SpineWorld } from '../storage/agent/spine-test-world.ts';
import { InstanceStore } from '../storage/instance/instance-store.ts';
import { Journal } from '../storage/instance/journal.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { EventLog } from './event-log.ts';

const AGENTS = ['main', 'sales'] as const;

let directory: string;
let messages: SpineWorld;
let spines: Map<string, AgentSpine>;
let instance: InstanceStore;
let journal: Journal;
let log: EventLog;
let heard: SpacebotEvent[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'spacebot-events-'));
  messages = new SpineWorld();
  const clock = new ManualClock();
  instance = new InstanceStore(directory, clock, () => {});
  journal = new Journal(instance.path, instance.database, { clock, crashed: false, onFailure: () => {} });
  log = new EventLog(journal, (agentId) => spines.get(agentId), clock, silentLogger);
  const newId = createIdGenerator(clock);
  spines = new Map(
    AGENTS.map((id) => {
      const doorbell = { events: () => log.ring(id), turnReady: () => {}, outbox: () => {}, turnEnded: () => {} };
      const context = { clock, newId, runId: trusted<RunId>('run'), doorbell };
      return [id, new AgentSpine(join(directory, id, 'spacebot.db'), context, () => {})];
    }),
  );
  heard = [];
  log.subscribe((event) => void heard.push(event));
});

afterEach(() => {
  log.close();
  journal.close();
  instance.close();
  for (const spine of spines.values()) spine.close();
  messages.close();
  rmSync(directory, { recursive: true, force: true });
});

function spineOf(agentId: string): AgentSpine {
  const spine = spines.get(agentId);
  if (!spine) throw new Error(`no agent ${agentId}`);
  return spine;
}

const say = (agentId: string) => spineOf(agentId).accept(messages.message());
const signal = (agentId: string, delta: string) =>
  log.signal({
    type: 'outbound_message_delta',
    agentId: trusted<AgentId>(agentId),
    conversationId: trusted<ConversationId>(CHAT.id),
    turnId: trusted<TurnId>('t'),
    data: { message_id: 'm', index: 0, delta },
  });
const told = () => heard.map((event) => `${event.agent_id} ${'delta' in event.data ? event.data.delta : event.type}`);

/** Resolves once this many events were told. */
async function hear(count: number): Promise<void> {
  while (heard.length < count) await new Promise(setImmediate);
}

describe('[SSE-3] a live signal never overtakes a durable event of its agent that was written before it', () => {
  test('it waits for the relay that copies the event', async () => {
    await say('main');
    signal('main', 'piece');
    expect(told()).toEqual([]);
    await hear(2);
    expect(told()).toEqual(['main inbound_message', 'main piece']);
  });

  test('a relay of another agent that ends first does not let it through', async () => {
    const first = say('main');
    const second = say('sales').then(() => signal('sales', 'piece'));
    await Promise.all([first, second]);
    await hear(3);
    expect(told().indexOf('sales piece')).toBeGreaterThan(told().indexOf('sales inbound_message'));
  });

  test('it waits for all parts of a long backlog, and comes before what was written later', async () => {
    await Promise.all(
      Array.from({ length: 700 }, (_, n) => spineOf('main').accept(messages.message({ conversation: { ...CHAT, id: `webhook:${n}` } }))),
    );
    signal('main', 'piece');
    await say('main');
    await hear(702);
    const at = told().indexOf('main piece');
    expect(at).toBeGreaterThanOrEqual(700);
    expect(
      told()
        .slice(0, at)
        .filter((line) => line === 'main inbound_message').length,
    ).toBeGreaterThanOrEqual(700);
  });

  test('with nothing on the way it is told at once, in the order of pieces', () => {
    signal('main', 'a');
    signal('sales', 'b');
    expect(told()).toEqual(['main a', 'sales b']);
  });

  test('many pieces keep their order over a relay', async () => {
    await say('main');
    for (const piece of ['a', 'b', 'c']) signal('main', piece);
    await hear(4);
    signal('main', 'd');
    expect(told().slice(1)).toEqual(['main a', 'main b', 'main c', 'main d']);
  });
});

test('[SSE-1] what was told live can be read again under the same ids, and signals have none', async () => {
  await say('main');
  log.append({ type: 'adapter_state', agentId: null, data: { key: 'webhook', state: 'connected', previous: null, error: null } });
  signal('main', 'piece');
  await hear(3);
  const durable = heard.filter((event) => event.id !== null);
  expect(await log.read(0, {}, 10)).toEqual(durable.sort((left, right) => (left.id ?? 0) - (right.id ?? 0)));
  expect(await log.bounds()).toEqual({ oldestId: 1, latestId: 2 });
});

test('[SSE-7] a page of the replay is full even when rows of it are gone', async () => {
  for (const n of [1, 2, 3, 4]) await spineOf('main').accept(messages.message({ conversation: { ...CHAT, id: `webhook:${n}` } }));
  await hear(4);
  await spineOf('main').eraseConversation('webhook:1');
  await spineOf('main').eraseConversation('webhook:2');
  expect((await log.read(0, {}, 2)).map((event) => event.conversation_id)).toEqual(['webhook:3', 'webhook:4']);
});

test('[G-4] at start everything written before is copied once, before anybody listens', async () => {
  await say('main');
  await log.catchUp('main', spineOf('main'));
  await log.catchUp('main', spineOf('main'));
  await new Promise(setImmediate);
  expect(await log.read(0, {}, 10)).toHaveLength(1);
});

test('the agent forgets in steps what the journal has', async () => {
  const many = (count: number) =>
    Promise.all(Array.from({ length: count }, () => spineOf('main').accept(messages.message({ start: 'observe' }))));
  for (let part = 0; part < 5; part += 1) await many(500);
  await hear(2_500);
  while (spineOf('main').events(0, 1)[0]?.seq === 1) await new Promise(setImmediate);
  expect(spineOf('main').events(0, 1)[0]?.seq).toBeGreaterThan(500);
  expect((await log.read(0, {}, 5_000)).length).toBe(2_500);
});
