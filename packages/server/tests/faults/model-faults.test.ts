/** A model that fails in every known way: people get a short notice, their message is kept, and nothing secret is in what anybody reads. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { MODEL_KEY, providerTable } from '../../src/testing/instance-config.ts';
import { fault, garbage, hangUp, type ModelStep, reply, script, silence, text } from '../../src/testing/scripted-model/script.ts';
import { type ScriptedModel, startScriptedModel } from '../../src/testing/scripted-model/server.ts';
import { closeTestWorlds, createTestWorld, type TestWorld } from '../../src/testing/test-world.ts';

const models: ScriptedModel[] = [];
afterEach(async () => {
  await closeTestWorlds();
  await Promise.all(models.splice(0).map((model) => model.close()));
});

/** What a provider may say of a request: the key, an address with a password, an internal name. */
const CHATTY = { error: { message: `Invalid key ${MODEL_KEY} for https://user:hunter2@internal.example/v1`, type: 'oops' } };
const SECRETS = /sk-story-key|hunter2/;

interface Fault {
  readonly name: string;
  readonly step: ModelStep;
  readonly code: string;
}

const FAULTS: readonly Fault[] = [
  { name: '401', step: fault(401, CHATTY), code: 'provider_unauthorized' },
  {
    name: '429 that asks for a longer wait than we have',
    step: fault(429, CHATTY, { 'retry-after': '600' }),
    code: 'provider_rate_limited',
  },
  { name: '500', step: fault(500, CHATTY), code: 'provider_overloaded' },
  { name: 'a stream that is cut', step: text('Half of an ans', { cutAfter: 2 }), code: 'provider_bad_response' },
  { name: 'a connection that is hung up', step: hangUp, code: 'provider_unreachable' },
  { name: 'silence', step: silence, code: 'provider_timeout' },
  { name: 'silence in mid-stream', step: text('Half of an ans', { silentAfter: 2 }), code: 'provider_timeout' },
  { name: 'garbage', step: garbage, code: 'provider_bad_response' },
];

const PATIENCE = 'max_retries = 0\nfirst_byte_timeout_secs = 1\nidle_timeout_secs = 1';

describe.each(['openai-chat', 'anthropic'] as const)('a model that speaks %s', (dialect) => {
  test.each(FAULTS)('[CH-14] $name', async ({ step, code }) => {
    const world = await createTestWorld({ dialect, model: script(step, reply('Better now.')), config: { provider: PATIENCE } });
    const accepted = await world.webhook.says('What is the time?', { wait_s: 20 });
    expect(accepted.state).toBe('failed');
    const [notice, ...more] = await world.webhook.replies();
    expect(more).toEqual([]);
    expect(notice).toMatchObject({ type: 'error', code, in_reply_to: accepted.message_id, turn_id: accepted.turn_id });
    expect(notice?.message).toContain(`Reference: ${accepted.turn_id.slice(-8)}`);
    expect(notice?.message?.length).toBeLessThan(200);
    await expectHistory(world, accepted.turn_id, code);
    expect(await world.webhook.asks('And now?')).toMatchObject([{ type: 'message', content: 'Better now.' }]);
    const request = JSON.stringify(world.model.requests.at(-1)?.body);
    expect(request).toContain('What is the time?');
    expect(request).toContain('Your message is kept.');
    await expectNothingSecret(world);
  });
});

async function expectHistory(world: TestWorld, turnId: string, code: string): Promise<void> {
  const params = { agent_id: 'main', conversation_id: 'webhook:talk' };
  const { items } = await world.api.call('GET /agents/{agent_id}/channels/{conversation_id}/messages', { params });
  expect(items.map(({ role, content, turn_id }) => [role, content.slice(0, 17), turn_id])).toEqual([
    ['user', 'What is the time?', turnId],
    ['system', expect.any(String), turnId],
  ]);
  const failed = (await world.events()).find(({ type }) => type === 'turn_failed');
  expect(failed).toMatchObject({ turn_id: turnId, data: { error: { code } } });
}

/** Not in what people read, not in the events, not in the log. */
async function expectNothingSecret(world: TestWorld): Promise<void> {
  expect(JSON.stringify(await world.events())).not.toMatch(SECRETS);
  expect(JSON.stringify(await world.webhook.replies())).not.toMatch(SECRETS);
  const folder = join(world.dir, 'logs');
  for (const name of readdirSync(folder)) expect(readFileSync(join(folder, name), 'utf8')).not.toMatch(SECRETS);
}

test('a rate limit with a short Retry-After is waited for, and the answer comes', async () => {
  const world = await createTestWorld({
    model: script(fault(429, CHATTY, { 'retry-after': '1' }), reply('Thank you for waiting.')),
    config: { provider: 'max_retries = 1' },
  });
  const started = performance.now();
  expect(await world.webhook.asks('Hello?')).toMatchObject([{ type: 'message', content: 'Thank you for waiting.' }]);
  expect(performance.now() - started).toBeGreaterThan(990);
});

test('a server that stumbles once is asked again, and nobody notices', async () => {
  const world = await createTestWorld({ model: script(fault(503), hangUp, reply('Here.')), config: { provider: 'max_retries = 2' } });
  expect(await world.webhook.asks('Hello?')).toMatchObject([{ type: 'message', content: 'Here.' }]);
  expect(world.model.requests).toHaveLength(3);
});

test('a fallback answers when the first model fails, also when it speaks another dialect', async () => {
  const second = await startScriptedModel(script(reply('The second model speaks.')));
  models.push(second);
  const world = await createTestWorld({
    model: script(fault(500, CHATTY)),
    config: {
      routing: 'fallbacks = { "test/first" = ["other/spare"] }',
      more: providerTable('other', second.url, 'anthropic'),
    },
  });
  expect(await world.webhook.asks('Hello?')).toMatchObject([{ type: 'message', content: 'The second model speaks.' }]);
  expect(second.requests.map(({ model, dialect }) => [model, dialect])).toEqual([['spare', 'anthropic']]);
});

test('with detailed errors the notice says what failed, still without secrets', async () => {
  const world = await createTestWorld({
    model: script(fault(401, CHATTY)),
    config: { more: '[defaults.channel]\nshow_errors = "detailed"\n' },
  });
  const [notice] = await world.webhook.asks('Hello?');
  expect(notice?.message).not.toMatch(SECRETS);
  expect(notice?.message).not.toContain('Something went wrong');
});

test('a model that breaks off after visible words leaves a failed turn, and the words are marked as partial', async () => {
  const world = await createTestWorld({ model: script(text('Once upon a time there was', { cutAfter: 5, chunkDelayMs: 5 })) });
  const events = await world.portal.streams('Tell me a story.');
  expect(events.at(-1)?.type).toBe('turn_failed');
  expect(events.some(({ type }) => type === 'outbound_message_delta')).toBe(true);
  const said = (await world.portal.history()).filter(({ role }) => role === 'assistant');
  expect(said).toEqual([]);
});
