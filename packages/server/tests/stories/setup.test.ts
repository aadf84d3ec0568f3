/** An instance without a model: it starts, says so everywhere, and becomes live in place. */

import { afterEach, expect, test } from 'vitest';
import { providerTable } from '../../src/testing/instance-config.ts';
import { reply, script } from '../../src/testing/scripted-model/script.ts';
import { closeTestWorlds, createTestWorld } from '../../src/testing/test-world.ts';

afterEach(closeTestWorlds);

test('[CF-9] without a provider the webhook accepts a message and answers that a model is missing', async () => {
  const world = await createTestWorld({ model: null });
  expect((await world.api.call('GET /status')).state).toBe('setup');
  const readiness = await fetch(`${world.url}/api/health/ready`);
  expect([readiness.status, await readiness.json()]).toEqual([503, { status: 'setup' }]);
  const accepted = await world.webhook.says('Hello?', { wait_s: 20 });
  expect(accepted.state).toBe('failed');
  expect(await world.webhook.replies()).toMatchObject([
    { type: 'error', code: 'setup_required', in_reply_to: accepted.message_id, message: expect.stringContaining('ANTHROPIC_API_KEY') },
  ]);
});

test('[CF-9] without a provider the portal refuses with 409 and stores nothing', async () => {
  const world = await createTestWorld({ model: null });
  await expect(world.portal.says('Hello?')).rejects.toMatchObject({ status: 409, code: 'setup_required' });
  const { items } = await world.api.call('GET /agents/{agent_id}/portal', { params: { agent_id: 'main' } });
  expect(items).toEqual([]);
});

test('[CF-9] a provider that is added to the file makes a running instance live', async () => {
  const world = await createTestWorld({ model: null });
  world.model.use(script(reply('Now I can think.')));
  const table = providerTable('late', world.model.url, 'openai-chat');
  world.writeConfig(`${world.readConfig()}\n${table}\n[defaults.routing]\nchannel = "late/model"\n`);
  await world.app.reload();
  expect((await world.api.call('GET /status')).state).toBe('running');
  expect(await world.webhook.asks('Hello?')).toMatchObject([{ type: 'message', content: 'Now I can think.' }]);
});

test('a key in the environment is enough to run, and it is written nowhere', async () => {
  const world = await createTestWorld({
    model: null,
    environment: { OLLAMA_BASE_URL: 'http://127.0.0.1:9', OPENAI_API_KEY: 'sk-environment-key-123456789' },
  });
  expect((await world.api.call('GET /status')).state).toBe('running');
  const document = await world.api.call('GET /config');
  expect(JSON.stringify(document)).not.toContain('sk-environment-key');
});
