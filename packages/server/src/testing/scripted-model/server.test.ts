import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { fault, hangUp, reply, script, text } from './script.ts';
import { type ScriptedModel, startScriptedModel } from './server.ts';

let model: ScriptedModel | null = null;
afterEach(async () => {
  await model?.close();
  model = null;
});

async function ask(url: string, path: string, said: string, extra: object = {}): Promise<Response> {
  const body = { model: 'm', messages: [{ role: 'user', content: said }], ...extra };
  return fetch(url + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
}

test.each([
  '/v1/chat/completions',
  '/chat/completions',
  '/v1/messages',
])('the scripted model follows its script at %s, then echoes', async (path) => {
  model = await startScriptedModel(script(text('first'), fault(503, 'busy')));
  expect(await (await ask(model.url, path, 'a')).text()).toContain('first');
  expect((await ask(model.url, path, 'b')).status).toBe(503);
  expect(await (await ask(model.url, path, 'c')).text()).toMatch(/echo:.*c/s);
  expect(model.requests.map((seen) => seen.lastUserText)).toEqual(['a', 'b', 'c']);
});

test('the echo goes through the reply tool where it is offered', async () => {
  model = await startScriptedModel();
  const answer = await ask(model.url, '/v1/chat/completions', 'hi', { tools: [{ type: 'function', function: { name: 'reply' } }] });
  expect(await answer.text()).toContain('"name":"reply"');
});

test('a cut, a hang-up and an unknown path are seen as such', async () => {
  model = await startScriptedModel(script(reply('one two', { cutAfter: 1 }), hangUp));
  const cut = await ask(model.url, '/v1/messages', 'a');
  await expect(cut.text()).rejects.toThrow();
  await expect(ask(model.url, '/v1/messages', 'b')).rejects.toThrow();
  expect((await ask(model.url, '/v1/other', 'c')).status).toBe(404);
});

test('the scripted model runs as a process of its own', async () => {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));
  const child = spawn(process.execPath, ['--conditions=source', '--import', import.meta.resolve('tsx'), main], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  const { url } = JSON.parse(String(line));
  expect(await (await ask(url, '/v1/messages', 'over there')).text()).toContain('there');
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
});
