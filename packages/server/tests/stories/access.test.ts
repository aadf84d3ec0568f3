/** Who may do what from where: tokens, sessions, foreign names, and bodies that are not what they claim to be. */

import { request } from 'node:http';
import { text as readText } from 'node:stream/consumers';
import { afterEach, expect, test } from 'vitest';
import { closeTestWorlds, createTestWorld, type TestWorld } from '../../src/testing/test-world.ts';

afterEach(closeTestWorlds);

interface Raw {
  readonly status: number | undefined;
  readonly code: string;
}

/** A request whose Host and Origin the test chooses, which `fetch` would not send. */
function ask(url: string, headers: Record<string, string>, body?: string): Promise<Raw> {
  return new Promise((resolve, reject) => {
    const call = request(url, { method: body === undefined ? 'GET' : 'POST', headers, agent: false }, async (response) => {
      const answer = JSON.parse(await readText(response));
      resolve({ status: response.statusCode, code: answer.error?.code ?? 'ok' });
    });
    call.once('error', reject);
    call.end(body);
  });
}

const json = { 'content-type': 'application/json' };
const MESSAGE = '{"conversation_id":"c","content":"hi"}';

test('without a token, or with a wrong one, nothing but health answers', async () => {
  const world = await createTestWorld();
  for (const token of [undefined, 'wrong', `sbt_${'A'.repeat(43)}`]) {
    await expect(world.clientWith(token).call('GET /status')).rejects.toMatchObject({ status: 401, code: 'unauthorized' });
  }
  expect((await world.clientWith(undefined).call('GET /health')).status).toBe('ok');
});

test('a rotated token ends the old one, every session and every open stream', async () => {
  const world = await createTestWorld();
  const login = await fetch(`${world.url}/api/auth/session`, {
    method: 'POST',
    headers: { ...json, Origin: world.url },
    body: JSON.stringify({ token: world.token }),
  });
  const cookie = login.headers.get('set-cookie')?.split(';')[0] ?? '';
  const asSession = () => fetch(`${world.url}/api/status`, { headers: { cookie } });
  expect((await asSession()).status).toBe(200);
  const stream = await fetch(`${world.url}/api/events`, { headers: { cookie } });
  const { token } = await world.api.call('POST /auth/token/rotate');
  expect((await asSession()).status).toBe(401);
  await expect(world.api.call('GET /status')).rejects.toMatchObject({ status: 401 });
  expect((await world.clientWith(token).call('GET /status')).state).toBe('running');
  expect(await stream.text()).toContain('retry:');
});

test.each(['api', 'webhook'] as const)('the %s refuses a foreign Host and a foreign Origin', async (door) => {
  const world = await createTestWorld();
  const url = door === 'api' ? `${world.url}/api/status` : `${world.webhook.url}/poll/c`;
  const auth = { Authorization: `Bearer ${world.token}` };
  expect(await ask(url, { ...auth, Host: 'evil.example' })).toEqual({ status: 403, code: 'host_not_allowed' });
  expect(await ask(url, { ...auth, Origin: 'https://evil.example' })).toEqual({ status: 403, code: 'origin_not_allowed' });
  expect(await ask(url, { ...auth, Host: 'localhost' })).toMatchObject({ status: 200 });
});

async function storedMessages(world: TestWorld): Promise<number> {
  const { items } = await world.api.call('GET /channels');
  return items.reduce((sum, channel) => sum + channel.message_count, 0);
}

test('a body that is malformed, too large or not what is expected is refused with its code, and nothing is stored', async () => {
  const world = await createTestWorld();
  const api = `${world.url}/api/agents/main/portal/s/messages`;
  const auth = { ...json, Authorization: `Bearer ${world.token}` };
  const big = JSON.stringify({ conversation_id: 'c', content: 'x'.repeat(65_537) });
  const huge = `{"content":"${'x'.repeat(10 * 1024 * 1024)}"}`;
  expect(await ask(api, auth, '{"content":')).toEqual({ status: 400, code: 'invalid_json' });
  expect(await ask(api, auth, '{"content":7}')).toEqual({ status: 400, code: 'invalid_request' });
  expect(await ask(api, auth, '{"content":"hi","surprise":1}')).toEqual({ status: 400, code: 'invalid_request' });
  expect(await ask(api, auth, '{"content":" "}')).toEqual({ status: 400, code: 'invalid_request' });
  expect(await ask(api, auth, `{"content":"${'x'.repeat(65_537)}"}`)).toEqual({ status: 413, code: 'content_too_large' });
  expect(await ask(api, auth, huge)).toEqual({ status: 413, code: 'payload_too_large' });
  expect(await ask(api, { ...auth, 'content-type': 'text/plain' }, 'hi')).toEqual({ status: 415, code: 'unsupported_media_type' });
  const send = `${world.webhook.url}/send`;
  expect(await ask(send, json, '{"conversation_id":')).toEqual({ status: 400, code: 'invalid_json' });
  expect(await ask(send, json, '{"conversation_id":"a/b","content":"x"}')).toEqual({ status: 400, code: 'invalid_request' });
  expect(await ask(send, json, '{"conversation_id":"c","content":"x","more":1}')).toEqual({ status: 400, code: 'invalid_request' });
  expect(await ask(send, json, big)).toEqual({ status: 413, code: 'content_too_large' });
  expect(await ask(send, json, huge)).toEqual({ status: 413, code: 'payload_too_large' });
  expect(await ask(send, json, '{"conversation_id":"c","content":"x","agent_id":"nobody"}')).toEqual({
    status: 404,
    code: 'agent_not_found',
  });
  expect(await storedMessages(world)).toBe(0);
  expect(world.model.requests).toHaveLength(0);
});

test('a webhook with a token answers nobody without it', async () => {
  const world = await createTestWorld({ config: { webhook: 'auth_token = "hook-token-123456"' } });
  const send = `${world.webhook.url}/send`;
  expect(await ask(send, json, MESSAGE)).toEqual({ status: 401, code: 'unauthorized' });
  expect(await ask(send, { ...json, 'X-Webhook-Token': 'wrong' }, MESSAGE)).toEqual({ status: 401, code: 'unauthorized' });
  expect(await ask(send, { ...json, 'X-Webhook-Token': 'hook-token-123456' }, MESSAGE)).toMatchObject({ status: 202 });
  expect(await ask(`${world.webhook.url}/health`, {})).toMatchObject({ status: 200 });
});
