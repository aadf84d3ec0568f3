/** What an operator changes while the instance runs, and when it begins to count. */

import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { ManualClock } from '../../src/testing/manual-clock.ts';
import { reply, script } from '../../src/testing/scripted-model/script.ts';
import { closeTestWorlds, createTestWorld } from '../../src/testing/test-world.ts';

afterEach(closeTestWorlds);

const ROUTE = 'channel = "test/first"';

test('[CF-5] an edit of the file changes the model of the next turn, and leaves the running turn on its own', async () => {
  const clock = new ManualClock(Date.now());
  const world = await createTestWorld({ clock, model: script(reply('old', { delayMs: 150 }), reply('new')) });
  const recorder = await world.record();
  const running = await world.webhook.says('one');
  await world.model.waitForRequests(1);
  world.writeConfig(world.readConfig().replace(ROUTE, 'channel = "test/second"'));
  clock.advance(4_000);
  const reloaded = await recorder.waitFor('config_reloaded');
  expect(reloaded.data).toMatchObject({ changed: ['defaults.routing.channel'], restart_required: [] });
  await recorder.waitFor('turn_completed', (event) => event.turn_id === running.turn_id);
  await world.webhook.says('two');
  expect(await world.webhook.heard(2)).toEqual(['old', 'new']);
  expect(world.model.requests.map(({ model }) => model)).toEqual(['first', 'second']);
});

test('[CF-4] a broken edit keeps the running configuration and shows file, line and key until a good one loads', async () => {
  const world = await createTestWorld({ model: script(reply('still here'), reply('and again')) });
  const recorder = await world.record();
  const good = world.readConfig();
  world.writeConfig(good.replace(ROUTE, 'channel = 7'));
  const line = good.split('\n').indexOf(ROUTE) + 1;
  await world.app.reload();
  const failed = await recorder.waitFor('config_reload_failed');
  const errors = failed.data.issues.filter(({ severity }) => severity === 'error');
  expect(errors).toMatchObject([{ file: 'config.toml', line, path: 'defaults.routing.channel' }]);
  const status = await world.api.call('GET /status');
  expect(status.state).toBe('running');
  expect(status.config.error).toMatch(new RegExp(`^config\\.toml:${line}:\\d+: .*defaults\\.routing\\.channel`));
  expect(await world.webhook.asks('Hello?')).toMatchObject([{ content: 'still here' }]);
  world.writeConfig(good.replace('first', 'third'));
  await world.app.reload();
  expect((await world.api.call('GET /status')).config.error).toBeNull();
  await world.webhook.asks('Hello again?');
  expect(world.model.requests.map(({ model }) => model)).toEqual(['first', 'third']);
});

test('a file that is no TOML at all keeps the running configuration too', async () => {
  const world = await createTestWorld();
  world.writeConfig('[defaults\nrouting = ');
  await world.app.reload();
  const status = await world.api.call('GET /status');
  expect(status.config.error).toMatch(/^config\.toml:1:\d+: /);
  expect(await world.webhook.asks('Hello?')).toHaveLength(1);
});

test('[CF-3] an edit of an identity file acts on the next turn', async () => {
  const world = await createTestWorld({ model: script(reply('a'), reply('b')) });
  await world.portal.asks('one');
  await world.api.call('PUT /agents/{agent_id}/identity/{part}', {
    params: { agent_id: 'main', part: 'soul' },
    body: { content: 'You speak like a pirate.' },
  });
  await world.portal.asks('two');
  expect(world.model.requests.map(({ system }) => system.includes('You speak like a pirate.'))).toEqual([false, true]);
});

test('an agent that is created while running answers at once, and is gone when it is deleted', async () => {
  const world = await createTestWorld({ model: script(reply('I am new here.')) });
  const created = await world.api.call('POST /agents', { body: { id: 'helper', display_name: 'Helper' } });
  expect(created).toMatchObject({ id: 'helper', display_name: 'Helper', default: false, state: 'ready' });
  expect(world.readConfig()).toContain('id = "helper"');
  expect(existsSync(join(world.dir, 'agents', 'helper', 'SOUL.md'))).toBe(true);
  const answer = await world.portal.asks('Hello', { agent: 'helper' });
  expect(answer.messages).toMatchObject([{ content: 'I am new here.' }]);
  await expect(world.api.call('POST /agents', { body: { id: 'helper' } })).rejects.toMatchObject({ status: 409, code: 'agent_exists' });
  await world.api.call('DELETE /agents/{agent_id}', { params: { agent_id: 'helper' } });
  await expect(world.portal.says('Hello', { agent: 'helper' })).rejects.toMatchObject({ status: 404, code: 'agent_not_found' });
  expect((await world.webhook.send({ conversation_id: 'c', content: 'x', agent_id: 'helper' })).status).toBe(404);
  await expect(world.api.call('DELETE /agents/{agent_id}', { params: { agent_id: 'main' } })).rejects.toMatchObject({ code: 'last_agent' });
});

test('an agent that is written into the file appears, and what it was told stays in its own folder', async () => {
  const world = await createTestWorld({ model: script(reply('noted')) });
  const recorder = await world.record();
  world.writeConfig(`${world.readConfig()}\n[[agents]]\nid = "filed"\n`);
  await world.app.reload();
  await recorder.waitFor('agent_state', (event) => event.data.agent_id === 'filed' && event.data.state === 'created');
  await world.portal.asks('Remember this.', { agent: 'filed' });
  expect(existsSync(join(world.dir, 'agents', 'filed', 'data', 'spacebot.db'))).toBe(true);
  expect((await world.portal.history({ agent: 'filed' })).map(({ content }) => content)).toEqual(['Remember this.', 'noted']);
  expect((await world.api.call('GET /agents')).items.map(({ id }) => id).sort()).toEqual(['filed', 'main']);
});

test('a changed port waits for a restart and is listed until then', async () => {
  const world = await createTestWorld();
  world.writeConfig(world.readConfig().replace('port = 0', 'port = 12345'));
  await world.app.reload();
  expect((await world.api.call('GET /status')).config.restart_required).toEqual(['api.port']);
});

test("an agent's own prompt template counts from the next turn on, and one that does not render is shown as an issue and changes nothing", async () => {
  const world = await createTestWorld({ model: script(reply('one'), reply('two')) });
  const folder = join(world.dir, 'agents', 'main', 'prompts');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'channel.md'), 'You are {{ agent.name }} and speak in rhymes.');
  await world.webhook.asks('first');
  writeFileSync(join(folder, 'channel.md'), '{% if broken');
  await world.webhook.asks('second');
  expect(world.model.requests.map(({ system }) => system)).toEqual(Array(2).fill('You are main and speak in rhymes.'));
  const { issues } = await world.api.call('GET /config');
  expect(issues).toContainEqual(expect.objectContaining({ severity: 'warning', file: 'agents/main/prompts/channel.md' }));
});

test('an agent that becomes the default takes the place of the one that was, and there is always exactly one', async () => {
  const world = await createTestWorld({});
  await world.api.call('POST /agents', { body: { id: 'helper' } });
  const changed = await world.api.call('PATCH /agents/{agent_id}', { params: { agent_id: 'helper' }, body: { default: true } });
  expect(changed.default).toBe(true);
  const { items } = await world.api.call('GET /agents', {});
  expect(items.filter((agent) => agent.default).map((agent) => agent.id)).toEqual(['helper']);
});
