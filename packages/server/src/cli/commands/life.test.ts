import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CliTestWorld, type DaemonRequest, sendJson } from '../cli-test-world.ts';

let world: CliTestWorld;
let children: ChildProcess[];
beforeEach(() => {
  world = new CliTestWorld();
  children = [];
});
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  await world.close();
});

function startProcess(code: string): ChildProcess {
  const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  return child;
}

const STATUS = {
  state: 'running',
  version: '1.2.3',
  pid: 4242,
  started_at: '2026-03-01T09:30:00.000Z',
  uptime_secs: 3723,
  url: 'http://127.0.0.1:19898',
  instance_dir: '~/.spacebot',
  run_id: 'r1',
  paused: false,
  agents: [{ id: 'main', state: 'ready', active_turns: 1, active_workers: 2, active_branches: 0, error: null }],
  adapters: [{ key: 'webhook', platform: 'webhook', instance: null, state: 'connected', last_error: null }],
  config: { path: 'config.toml', loaded_at: '', hash: '', error: null, warnings: 0, restart_required: ['api.port'] },
  queues: { inbox: 0, outbox: 2, dead_letters: 0, approvals: 1 },
  embedding: { provider: 'local', model: 'm', state: 'ready' },
  sandbox: { mode: 'enabled', available: true, backend: 'bubblewrap' },
};

test('status begins with the line of the contract and shows agents, platforms and what waits', async () => {
  await world.startDaemon();
  world.answer('GET /status', STATUS);
  const { code, stdout } = await world.spacebot('status');
  expect(code).toBe(0);
  expect(stdout).toBe(`running  pid 4242  uptime 1h 2m  version 1.2.3  url http://127.0.0.1:19898
Waiting for a restart: api.port
2 replies on their way, 1 approval asked for

AGENT  STATE  BUSY WITH
main   ready  1 turn, 2 workers

PLATFORM  STATE
webhook   connected
`);
});

test('status --json is the body of the endpoint', async () => {
  await world.startDaemon();
  world.answer('GET /status', STATUS);
  const { stdout } = await world.spacebot('status', '--json');
  expect(JSON.parse(stdout)).toEqual(STATUS);
});

test.each([['status'], ['stop']])('%s without a daemon says so and exits 3; with --json it is an error like any other', async (command) => {
  expect(await world.spacebot(command)).toEqual({
    code: 3,
    stdout: 'spacebot is not running\n',
    stderr: 'Start it with: spacebot start\n',
  });
  const json = await world.spacebot(command, '--json');
  expect(json).toEqual({ code: 3, stdout: '', stderr: '{"error":{"code":"not_running","message":"spacebot is not running"}}\n' });
});

test('stop asks the daemon, passes the time for running turns, and returns when the process is gone', async () => {
  const child = startProcess('setInterval(() => {}, 1000)');
  await once(child, 'spawn');
  await world.startDaemon();
  world.answer('GET /status', { ...STATUS, pid: child.pid });
  world.answer('POST /system/stop', (_: DaemonRequest, response: ServerResponse) => {
    sendJson(response, 202, {});
    child.kill();
  });
  expect(await world.spacebot('stop', '--timeout', '5', '--json')).toMatchObject({
    code: 0,
    stdout: `{"stopped":true,"pid":${child.pid}}\n`,
  });
  expect(world.requests.at(-1)).toMatchObject({ body: { timeout_secs: 5 } });
  await expect.poll(() => child.signalCode).toBe('SIGTERM');
});

test('a daemon that holds the folder but does not answer is stopped by signal', async () => {
  const holder = startProcess(`
    const { DatabaseSync } = require('@photostructure/sqlite');
    const { mkdirSync, writeFileSync } = require('node:fs');
    mkdirSync(${JSON.stringify(join(world.dir, 'data'))});
    const database = new DatabaseSync(${JSON.stringify(join(world.dir, 'data', 'lock'))});
    database.exec('PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE');
    writeFileSync(${JSON.stringify(join(world.dir, 'spacebot.pid'))}, process.pid + '\\n');
    console.log('held');
    setInterval(() => {}, 1000);
  `);
  if (holder.stdout === null) throw new Error('no stdout');
  await once(holder.stdout, 'data');
  expect(await world.spacebot('agents', 'list', '--json')).toMatchObject({ code: 1, stderr: expect.stringContaining('data_locked') });
  expect(await world.spacebot('stop')).toMatchObject({ code: 0, stdout: 'spacebot stopped\n' });
  await expect.poll(() => holder.signalCode).toBe('SIGTERM');
});

test('restart of a daemon elsewhere is confirmed by its new run id [CLI-7]', async () => {
  const url = await world.startDaemon('port');
  let runId = 'r1';
  world.answer('GET /status', (_: DaemonRequest, response: ServerResponse) => sendJson(response, 200, { ...STATUS, run_id: runId }));
  world.answer('POST /system/restart', (_: DaemonRequest, response: ServerResponse) => {
    runId = 'r2';
    sendJson(response, 202, {});
  });
  const { code, stdout } = await world.spacebot('restart', '--url', url);
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'spacebot started (pid 4242)\nAPI http://127.0.0.1:19898\n' });
});

test('restart starts a daemon that was not running', async () => {
  const ready = { type: 'ready', pid: 77, url: 'http://127.0.0.1:5', state: 'running', firstStart: false, token: null };
  const launcher = [process.execPath, '-e', `process.send(${JSON.stringify(ready)}, () => process.exit(0))`, '--'] as const;
  const { code, stdout } = await world.run(['restart'], { launcher }).finished;
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'spacebot started (pid 77)\nAPI http://127.0.0.1:5\n' });
});
