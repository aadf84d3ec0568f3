/** The switch that stops the whole instance, and what readers hear when it ends. */

import { afterEach, expect, test } from 'vitest';
import { reply, script } from '../../src/testing/scripted-model/script.ts';
import { closeTestWorlds, createTestWorld } from '../../src/testing/test-world.ts';

afterEach(closeTestWorlds);

test('[SE-31] the pause of the instance keeps what comes in, outlives a restart and answers everything once after it ends', async () => {
  const world = await createTestWorld({ model: script(reply('one'), reply('two')) });
  expect(await world.api.call('PATCH /settings', { body: { paused: true } })).toMatchObject({ paused: true });
  await world.webhook.says('first');
  const again = await world.restart();
  expect(await again.api.call('GET /status')).toMatchObject({ paused: true, agents: [{ id: 'main', state: 'ready' }] });
  await again.webhook.says('second');
  expect(again.model.requests).toHaveLength(0);
  expect(await again.webhook.heard()).toEqual([]);
  expect(await again.api.call('PATCH /settings', { body: { paused: false } })).toMatchObject({ paused: false });
  expect(await again.webhook.heard(2)).toEqual(['one', 'two']);
  expect(again.model.requests).toHaveLength(2);
});

test('[SE-31] an answer that is ready when the pause begins is not sent before it ends', async () => {
  const world = await createTestWorld({ model: script(reply('late', { delayMs: 150 })) });
  const recorder = await world.record();
  await world.webhook.says('question');
  await world.model.waitForRequests(1);
  await world.api.call('PATCH /settings', { body: { paused: true } });
  await recorder.waitFor('turn_completed');
  expect(await world.api.call('GET /status')).toMatchObject({ queues: { outbox: 1 } });
  expect(await world.webhook.heard()).toEqual([]);
  await world.api.call('PATCH /settings', { body: { paused: false } });
  expect(await world.webhook.heard(1)).toEqual(['late']);
});

test('the pause of the instance and the pause of an agent are two switches', async () => {
  const world = await createTestWorld({ model: script(reply('at last')) });
  await world.api.call('POST /agents/{agent_id}/pause', { params: { agent_id: 'main' }, body: {} });
  expect(await world.api.call('GET /status')).toMatchObject({ paused: false, agents: [{ state: 'paused' }] });
  await world.api.call('PATCH /settings', { body: { paused: true } });
  await world.api.call('PATCH /settings', { body: { paused: false } });
  await world.webhook.says('anyone?');
  expect(world.model.requests).toHaveLength(0);
  await world.api.call('POST /agents/{agent_id}/resume', { params: { agent_id: 'main' } });
  expect(await world.webhook.heard(1)).toEqual(['at last']);
});

test('an agent names the model that it asks, also when that is the default of the first provider', async () => {
  const world = await createTestWorld({ model: null, environment: { OPENAI_API_KEY: 'sk-test' } });
  const agent = await world.api.call('GET /agents/{agent_id}', { params: { agent_id: 'main' } });
  expect(agent.routing.channel).toMatch(/^openai\/./);
  const named = await createTestWorld();
  expect((await named.api.call('GET /agents')).items[0]?.routing.channel).toBe('test/first');
});

test('every event stream is told that the server stops, whatever it listens to', async () => {
  const world = await createTestWorld();
  const recorder = await world.record();
  await world.api.call('POST /system/restart', { body: {} });
  const event = await recorder.waitFor('server_stopping');
  expect(event).toMatchObject({ id: null, agent_id: null, data: { restart: true } });
});

test('a command for another bot is kept, and whoever waits for an answer is let go at once', async () => {
  const world = await createTestWorld();
  expect(await world.webhook.says('/status@otherbot', { wait_s: 20 })).toMatchObject({ turn_id: null, state: 'completed', messages: [] });
  const send = (accept: string) =>
    fetch(`${world.url}/api/agents/main/portal/desk/messages`, {
      method: 'POST',
      headers: { authorization: `Bearer ${world.token}`, 'content-type': 'application/json', accept },
      body: JSON.stringify({ content: '/status@otherbot', wait_secs: 20 }),
    });
  expect(await (await send('application/json')).json()).toMatchObject({ turn_id: null, state: 'completed', messages: [], error: null });
  expect(await (await send('text/event-stream')).text()).not.toContain('turn_');
  expect(world.model.requests).toHaveLength(0);
});
