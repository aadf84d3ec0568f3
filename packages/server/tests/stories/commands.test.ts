/** Chat commands: they work at any time and ask no model. */

import { afterEach, expect, test } from 'vitest';
import { reply, script, silence } from '../../src/testing/scripted-model/script.ts';
import { closeTestWorlds, createTestWorld } from '../../src/testing/test-world.ts';

afterEach(closeTestWorlds);

test('[CH-28] /stop ends the running turn at once, and the conversation goes on', async () => {
  const world = await createTestWorld({ model: script(silence, reply('Back again.')) });
  const recorder = await world.record();
  const long = await world.portal.says('Count all stars.');
  await world.model.waitForRequests(1);
  expect((await world.portal.asks('/stop')).messages.map(({ content }) => content)).toEqual(['Stopped.']);
  const ended = await recorder.waitFor('turn_completed', (event) => event.turn_id === long.turn_id);
  expect(ended.data.state).toBe('cancelled');
  expect((await world.portal.asks('Are you there?')).messages.map(({ content }) => content)).toEqual(['Back again.']);
  expect((await world.portal.history()).some(({ content }) => content === 'Count all stars.')).toBe(true);
});

test('a caller who waits for a turn that is stopped is told that it was cancelled', async () => {
  const world = await createTestWorld({ model: script(silence) });
  const waiting = world.portal.asks('Count all stars.');
  await world.model.waitForRequests(1);
  const { cancelled } = await world.api.call('POST /agents/{agent_id}/portal/{session_id}/cancel', {
    params: { agent_id: 'main', session_id: 'story' },
  });
  expect(cancelled).toBe(true);
  expect(await waiting).toMatchObject({ state: 'cancelled', messages: [] });
});

test('[CH-28] /status answers during a turn and says what goes on', async () => {
  const world = await createTestWorld({ model: script(silence) });
  await world.portal.says('Think long.');
  await world.model.waitForRequests(1);
  await world.portal.says('And then this.');
  const [answer] = (await world.portal.asks('/status')).messages;
  expect(answer?.content).toMatch(/^Answering for \d+ s\nWaiting messages: 1\nModel: test\/first\n/);
  expect(world.model.requests).toHaveLength(1);
  expect((await world.portal.asks('/stop')).messages[0]?.content).toBe('Stopped.');
});

test('/new starts from a clean page: the model no longer sees what was said, the history still shows it', async () => {
  const world = await createTestWorld({ model: script(reply('Hello Zoe.'), reply('I do not know.')) });
  await world.portal.asks('I am Zoe.');
  expect((await world.portal.asks('/new')).messages[0]?.content).toContain('New session');
  await world.portal.asks('Who am I?');
  const body = world.model.requests[1]?.body ?? {};
  expect(JSON.stringify(body)).not.toContain('Zoe');
  expect((await world.portal.history()).map(({ content }) => content)).toContain('I am Zoe.');
});

test('a paused agent keeps what comes in and answers it in order after resume', async () => {
  const world = await createTestWorld({ model: script(reply('first answer'), reply('second answer')) });
  const recorder = await world.record();
  expect((await world.portal.asks('/pause lunch')).messages[0]?.content).toContain('Paused');
  const paused = await world.api.call('GET /agents/{agent_id}', { params: { agent_id: 'main' } });
  expect(paused).toMatchObject({ paused: true, pause_reason: 'lunch' });
  await world.webhook.says('first');
  const second = await world.webhook.says('second');
  expect((await world.portal.asks('/status')).messages[0]?.content).toContain('Paused: lunch');
  expect(world.model.requests).toHaveLength(0);
  expect((await world.portal.asks('/pause off')).messages[0]?.content).toBe('Resumed.');
  await recorder.waitFor('turn_completed', (event) => event.turn_id === second.turn_id);
  expect(await world.webhook.heard(2)).toEqual(['first answer', 'second answer']);
});

test('a pause outlives a restart, and so does what waits', async () => {
  const world = await createTestWorld({ model: script(reply('late answer')) });
  await world.api.call('POST /agents/{agent_id}/pause', { params: { agent_id: 'main' }, body: { reason: 'holiday' } });
  await world.webhook.says('Are you there?');
  const again = await world.restart();
  expect(again.model.requests).toHaveLength(0);
  await again.api.call('POST /agents/{agent_id}/resume', { params: { agent_id: 'main' } });
  expect(await again.webhook.heard(1)).toEqual(['late answer']);
});

test('without authority a command that changes the agent is refused with one fixed line', async () => {
  const world = await createTestWorld({ config: { webhook: 'authority = ["boss"]' } });
  const [refusal] = await world.webhook.asks('/pause', { sender_id: 'guest' });
  expect(refusal?.content).toBe('This command needs authority, and you are not in the authority list.');
  const [allowed] = await world.webhook.asks('/pause', { sender_id: 'boss' });
  expect(allowed?.content).toContain('Paused');
  expect(world.model.requests).toHaveLength(0);
});

test('a slash word that is no command goes to the model', async () => {
  const world = await createTestWorld({ model: script(reply('No such place.')) });
  expect(await world.webhook.heard()).toEqual([]);
  expect(await world.webhook.asks('/etc/passwd please')).toMatchObject([{ content: 'No such place.' }]);
});
