/** Shared rooms of a chat platform: who is answered, how a burst becomes one turn, and that nothing is heard twice. */

import { afterEach, expect, test, vi } from 'vitest';
import { FakePlatform } from '../../src/testing/fake-platform.ts';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { reply, script, toolCall } from '../../src/testing/scripted-model/script.ts';
import { closeTestWorlds, createTestWorld } from '../../src/testing/test-world.ts';

afterEach(closeTestWorlds);

test('[CO-1] several people writing quickly in one room are answered once, and each of them stands in the question with a name', async () => {
  const clock = new ManualClock(Date.now());
  const platform = new FakePlatform();
  const world = await createTestWorld({ platform, clock, model: script(reply('Noon, in room 2.')) });
  await vi.waitFor(() => expect(platform.host).not.toBeNull());
  const first = await platform.says('When is lunch?', 'kitchen', { sender: 'alice', addressed: 'mention' });
  const second = await platform.says('And where?', 'kitchen', { sender: 'bob', addressed: 'mention' });
  expect(second).toMatchObject({ outcome: 'accepted', turnId: 'turnId' in first ? first.turnId : '' });
  expect(world.model.requests).toEqual([]);
  clock.advance(1_500);
  await vi.waitFor(() => expect(platform.heard).toEqual(['Noon, in room 2.']));
  const asked = JSON.stringify(world.model.requests[0]?.body);
  expect(asked).toContain('alice');
  expect(asked).toContain('bob');
});

test('[MS-2] a redelivered message of a platform starts nothing new, and its answer is heard once', async () => {
  const platform = new FakePlatform();
  await createTestWorld({ platform, model: script(reply('Hello.'), reply('never asked for')) });
  await vi.waitFor(() => expect(platform.host).not.toBeNull());
  const first = await platform.says('Hi', 'alice', { isDirect: true, addressed: 'direct', id: 'same' });
  await vi.waitFor(() => expect(platform.heard).toEqual(['Hello.']));
  const again = await platform.says('Hi', 'alice', { isDirect: true, addressed: 'direct', id: 'same' });
  expect(again).toMatchObject({ duplicate: true, messageId: 'messageId' in first ? first.messageId : '' });
  expect(platform.log).toHaveLength(1);
});

test('[CH-11] a reaction and a deliberate silence reach the platform as what they are', async () => {
  const platform = new FakePlatform();
  const world = await createTestWorld({
    platform,
    model: script(toolCall('react', { emoji: '👍' }), toolCall('skip', { reason: 'nothing to add' })),
  });
  await vi.waitFor(() => expect(platform.host).not.toBeNull());
  const { items } = await world.api.call('GET /events/history', {});
  expect(items.every(({ type }) => type !== 'turn_completed')).toBe(true);
  await platform.says('Thanks!', 'alice', { isDirect: true, addressed: 'direct' });
  await vi.waitFor(() => expect(platform.heard).toEqual(['reaction']));
});

test('[CH-24] the platform sees typing begin and end with every turn', async () => {
  const platform = new FakePlatform();
  await createTestWorld({ platform, model: script(reply('Done.')) });
  await vi.waitFor(() => expect(platform.host).not.toBeNull());
  await platform.says('Do it', 'alice', { isDirect: true, addressed: 'direct' });
  await vi.waitFor(() => expect(platform.heard).toEqual(['Done.']));
  await vi.waitFor(() =>
    expect(platform.signals.filter(({ type }) => type === 'typing')).toEqual([
      { type: 'typing', on: true },
      { type: 'typing', on: false },
    ]),
  );
});
