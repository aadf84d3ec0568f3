import { appendFileSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CliTestWorld } from '../cli-test-world.ts';

let world: CliTestWorld;
let folder: string;
beforeEach(() => {
  world = new CliTestWorld();
  folder = join(world.dir, 'logs');
  mkdirSync(folder);
});
afterEach(() => world.close());

const line = (msg: string, more: Record<string, unknown> = {}) =>
  `${JSON.stringify({ ts: '2026-03-01T09:30:00.000Z', level: 'info', component: 'app', msg, run_id: 'r', ...more })}\n`;
const current = () => join(folder, 'spacebot.log');
const messages = (stdout: string): unknown[] =>
  stdout
    .split('\n')
    .filter(Boolean)
    .map((text) => JSON.parse(text).msg);

async function shown(...args: string[]): Promise<unknown[]> {
  return messages((await world.spacebot('logs', '--json', ...args)).stdout);
}

test('the newest lines are shown oldest first, over rotated files, from files of any size', async () => {
  writeFileSync(join(folder, 'spacebot-2026-02-27.log'), line('one') + line('two'));
  writeFileSync(join(folder, 'spacebot-2026-02-28.log'), line('three', { fields: { long: 'ä'.repeat(70_000) } }));
  writeFileSync(current(), `${line('four')}${line('five')}{"torn`);
  writeFileSync(join(folder, 'output.log'), 'not a log\n');
  expect(await shown('-n', '4')).toEqual(['two', 'three', 'four', 'five']);
  expect(await shown()).toEqual(['one', 'two', 'three', 'four', 'five']);
  expect(await shown('-n', '0')).toEqual([]);
});

test('level, agent, component and time choose lines; -n counts those that pass', async () => {
  const lines = [
    line('old', { ts: '2026-02-01T00:00:00.000Z', level: 'error' }),
    line('quiet', { level: 'debug' }),
    line('bad', { level: 'error', agent_id: 'ops' }),
    line('webhook', { component: 'messaging.webhook' }),
    line('other', { component: 'messagingx' }),
  ];
  writeFileSync(current(), lines.join(''));
  expect(await shown('--level', 'error')).toEqual(['old', 'bad']);
  expect(await shown('--level', 'error', '-n', '1')).toEqual(['bad']);
  expect(await shown('-a', 'ops')).toEqual(['bad']);
  expect(await shown('--component', 'messaging')).toEqual(['webhook']);
  expect(await shown('--since', '2026-02-15T00:00:00Z')).toEqual(['quiet', 'bad', 'webhook', 'other']);
  expect(await shown('--since', '1s')).toEqual([]);
});

test('people get time, level, component, text and facts', async () => {
  writeFileSync(
    current(),
    line('adapter failed', { level: 'error', agent_id: 'ops', error: { code: 'timeout', message: 'too slow' }, fields: { tries: 3 } }),
  );
  const { stdout } = await world.spacebot('logs');
  expect(stdout).toMatch(/^2026-0\d-\d\d \d\d:\d\d:00 {2}ERROR {2}app {2}adapter failed {2}timeout: too slow {2}agent=ops tries=3\n$/);
});

test('no log is no failure', async () => {
  expect(await world.spacebot('logs')).toEqual({ code: 0, stdout: '', stderr: `No log lines to show in ${folder}\n` });
});

test('-f goes on over a rotation until Ctrl-C, which exits 130', async () => {
  writeFileSync(current(), line('one') + line('half').slice(0, 20));
  const run = world.run(['logs', '-f', '--json']);
  await run.printed('one');
  appendFileSync(current(), line('half').slice(20));
  await run.printed('half');
  appendFileSync(current(), line('last of the day'));
  renameSync(current(), join(folder, 'spacebot-2026-03-01.log'));
  writeFileSync(current(), line('first of the next'));
  await run.printed('first of the next');
  run.raise('SIGINT');
  const { code, stdout } = await run.finished;
  expect(code).toBe(130);
  expect(messages(stdout)).toEqual(['one', 'half', 'last of the day', 'first of the next']);
});
