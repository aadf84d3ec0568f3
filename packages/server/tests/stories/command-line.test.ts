/** The command line against a real daemon, and with the daemon down. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, onTestFailed, test, vi } from 'vitest';
import { closeDaemons, DaemonHarness } from '../../src/testing/daemon-harness.ts';
import { reply, script } from '../../src/testing/scripted-model/script.ts';
import { type ScriptedModel, startScriptedModel } from '../../src/testing/scripted-model/server.ts';
import { runSpacebot } from '../../src/testing/spacebot-process.ts';

/** Processes are started here, and the first one may have to be built. */
vi.setConfig({ testTimeout: 60_000 });

let model: ScriptedModel | null = null;
afterEach(async () => {
  await closeDaemons();
  await model?.close();
  model = null;
});

test('chat prints the answer of the model, and the page would show the same conversation', async () => {
  model = await startScriptedModel(script(reply('Hello yourself.'), reply('Second.')));
  const daemon = await DaemonHarness.create(model.url);
  await daemon.start();
  expect(await runSpacebot(['chat', '-m', 'hello'], { dir: daemon.dir })).toMatchObject({ code: 0, stdout: 'Hello yourself.\n' });
  const asJson = await runSpacebot(['--json', 'chat', '-m', 'again'], { dir: daemon.dir });
  expect(JSON.parse(asJson.stdout)).toMatchObject({
    conversation_id: 'portal:chat:main:cli',
    status: 'completed',
    messages: [{ role: 'assistant', content: 'Second.' }],
  });
  const { items } = await daemon.api().call('GET /agents/{agent_id}/channels/{conversation_id}/messages', {
    params: { agent_id: 'main', conversation_id: 'portal:chat:main:cli' },
  });
  expect(items.map(({ content }) => content)).toEqual(['hello', 'Hello yourself.', 'again', 'Second.']);
});

test('the demo model answers without any provider, and only when it is asked for', async () => {
  const daemon = await DaemonHarness.create(null);
  await daemon.launch(['--demo']).prints(/^API http/m);
  const chat = await runSpacebot(['chat', '-m', 'hello'], { dir: daemon.dir });
  expect(chat.code).toBe(0);
  expect(chat.stdout.trim().length).toBeGreaterThan(0);
  await daemon.restart();
  expect((await runSpacebot(['chat', '-m', 'hello'], { dir: daemon.dir })).code).not.toBe(0);
});

test('agents are created, listed and deleted with the daemon down and up', async () => {
  model = await startScriptedModel();
  const daemon = await DaemonHarness.create(model.url);
  const spacebot = (...args: string[]) => runSpacebot(args, { dir: daemon.dir });
  const ids = async () =>
    JSON.parse((await spacebot('--json', 'agents', 'list')).stdout)
      .items.map((agent: { id: string }) => agent.id)
      .sort();
  expect(await spacebot('agents', 'create', 'early', '--display-name', 'Early Bird')).toMatchObject({ code: 0 });
  expect(existsSync(join(daemon.dir, 'agents', 'early', 'SOUL.md'))).toBe(true);
  expect(await ids()).toEqual(['early', 'main']);
  await daemon.start();
  expect(await spacebot('agents', 'create', 'late')).toMatchObject({ code: 0 });
  expect(await spacebot('agents', 'create', 'late')).toMatchObject({ code: 6 });
  expect(await ids()).toEqual(['early', 'late', 'main']);
  expect(await spacebot('chat', '-a', 'late', '-m', 'hi')).toMatchObject({ code: 0 });
  expect(await spacebot('agents', 'delete', 'late', '-y')).toMatchObject({ code: 0 });
  expect(await spacebot('chat', '-a', 'late', '-m', 'hi')).toMatchObject({ code: 5 });
  await daemon.stop();
  expect(await spacebot('agents', 'delete', 'early', '-y')).toMatchObject({ code: 0 });
  expect(await spacebot('agents', 'delete', 'main', '-y')).toMatchObject({ code: 6 });
  expect(await ids()).toEqual(['main']);
  expect(await spacebot('agents', 'show', 'early')).toMatchObject({ code: 5 });
});

test('with the daemon down, status and chat say so with exit status 3', async () => {
  const daemon = await DaemonHarness.create(null);
  for (const args of [['status'], ['chat', '-m', 'hi'], ['stop']]) {
    const ended = await runSpacebot(args, { dir: daemon.dir });
    expect(ended.code).toBe(3);
    expect(`${ended.stdout}${ended.stderr}`).toContain('spacebot is not running');
  }
});

test('start in the background returns when it runs; stop ends it', async () => {
  const daemon = await DaemonHarness.create(null);
  const started = await runSpacebot(['--json', 'start'], { dir: daemon.dir });
  expect(started.code).toBe(0);
  const { pid, url, state } = JSON.parse(started.stdout);
  onTestFailed(() => void process.kill(pid, 'SIGKILL'));
  expect([url, state]).toEqual([daemon.url, 'setup']);
  const status = await runSpacebot(['--json', 'status'], { dir: daemon.dir });
  expect(JSON.parse(status.stdout)).toMatchObject({ pid, state: 'setup' });
  expect(JSON.parse((await runSpacebot(['--json', 'stop'], { dir: daemon.dir })).stdout)).toEqual({ stopped: true, pid });
  expect((await runSpacebot(['status'], { dir: daemon.dir })).code).toBe(3);
});
