import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CliTestWorld, type DaemonRequest, sendJson } from '../cli-test-world.ts';

let world: CliTestWorld;
beforeEach(() => {
  world = new CliTestWorld();
});
afterEach(() => world.close());

const file = () => join(world.dir, 'config.toml');
const write = (text: string) => writeFileSync(file(), text);
const LITERAL_KEY = 'sk-ant-0123456789';

test('check prints one line per issue and a verdict; a bad value exits 4', async () => {
  write('[defaults]\nmax_turns = "five"\nmax_turn = 3\n');
  const { code, stdout, stderr } = await world.spacebot('config', 'check');
  expect({ code, stderr }).toEqual({ code: 4, stderr: '' });
  expect(stdout).toBe(
    [
      'config.toml:2:13: error: defaults.max_turns: expected integer 1..200, got string "five"',
      'config.toml:3:1: warning: unknown key "defaults.max_turn" (did you mean "defaults.max_turns"?)',
      '1 error(s), 1 warning(s)\n',
    ].join('\n'),
  );
});

test('warnings pass, and fail under --strict [CF-1]', async () => {
  write('[defaults]\nmax_turn = 3\n');
  expect(await world.spacebot('config', 'check')).toMatchObject({ code: 0, stdout: expect.stringMatching(/\nok\n$/) });
  const strict = await world.spacebot('config', 'check', '--strict');
  expect(strict).toMatchObject({ code: 4, stdout: expect.stringMatching(/\n0 error\(s\), 1 warning\(s\)\n$/) });
});

test('check --json is a result, also when the file is invalid', async () => {
  write('[defaults\n');
  const { code, stdout, stderr } = await world.spacebot('config', 'check', '--json');
  expect({ code, stderr }).toEqual({ code: 4, stderr: '' });
  expect(JSON.parse(stdout)).toMatchObject({
    valid: false,
    file: 'config.toml',
    errors: [{ code: 'syntax', line: 1 }],
    warnings: [],
    notices: [],
  });
});

test('check reads another file when one is named; one that is not there exits 5', async () => {
  const other = join(world.dir, 'other.toml');
  writeFileSync(other, '[defaults]\nmax_turns = 0\n');
  expect(await world.spacebot('config', 'check', other)).toMatchObject({
    code: 4,
    stdout: expect.stringMatching(/^other\.toml:2:13: error: /),
  });
  expect(await world.spacebot('config', 'check', join(world.dir, 'none.toml'))).toMatchObject({ code: 5, stdout: '' });
});

test('get prints the value in force with its source, and never a credential', async () => {
  write(`[llm]\nanthropic_key = "${LITERAL_KEY}"\n[defaults]\nmax_turns = 7\n`);
  expect(await world.spacebot('config', 'get', 'defaults.max_turns')).toEqual({ code: 0, stdout: '7\n', stderr: '' });
  expect(await world.spacebot('config', 'get', 'agents.main.max_turns')).toMatchObject({ code: 0, stdout: '7\n' });
  expect(await world.spacebot('config', 'get', 'defaults.branch_max_turns', '--json')).toMatchObject({
    stdout: '{"key":"defaults.branch_max_turns","value":10,"source":"default"}\n',
  });
  expect(await world.spacebot('config', 'get', 'llm.anthropic_key')).toMatchObject({ code: 0, stdout: '***\n' });
  for (const args of [[], ['--json']]) expect((await world.spacebot('config', 'get', ...args)).stdout).not.toContain(LITERAL_KEY);
  expect(await world.spacebot('config', 'get', 'defaults.nonsense')).toMatchObject({ code: 5, stdout: '' });
});

test('set takes TOML, else text, and keeps the comments; a daemon reads the file by itself', async () => {
  write('# mine\n[defaults]\nmax_turns = 7 # few\n');
  expect(await world.spacebot('config', 'set', 'defaults.max_turns', '9')).toMatchObject({
    code: 0,
    stdout: 'defaults.max_turns is set\n',
  });
  await world.spacebot('config', 'set', 'defaults.routing.channel', 'anthropic/some-model');
  await world.spacebot('config', 'set', 'api.allowed_hosts', '["a.example"]');
  const text = readFileSync(file(), 'utf8');
  expect(text).toContain('# mine\n[defaults]\nmax_turns = 9 # few\n');
  expect(await world.spacebot('config', 'get', 'defaults.routing.channel')).toMatchObject({ stdout: 'anthropic/some-model\n' });
  expect(await world.spacebot('config', 'get', 'api.allowed_hosts')).toMatchObject({ stdout: '["a.example"]\n' });
});

test.each([
  ['defaults.max_turns', 'five'],
  ['defaults.max_turns', '0'],
  ['defaults.max_turn', '5'],
  ['defaults..max', '5'],
])('set of what is invalid exits 4 and leaves the file as it was: %s %s', async (key, value) => {
  write('[defaults]\nmax_turns = 7\n');
  const { code, stdout, stderr } = await world.spacebot('config', 'set', key, value, '--json');
  expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
  expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'config_invalid' } });
  expect(readFileSync(file(), 'utf8')).toBe('[defaults]\nmax_turns = 7\n');
});

test('a change that needs a restart says so', async () => {
  const { stdout, stderr } = await world.spacebot('config', 'set', 'api.port', '0');
  expect({ stdout, stderr }).toEqual({ stdout: 'api.port is set\n', stderr: 'Works after: spacebot restart\n' });
  const json = await world.spacebot('config', 'set', 'api.port', '1', '--json');
  expect(JSON.parse(json.stdout)).toMatchObject({ changed: [], restart_required: ['api.port'], issues: [] });
});

test('unset takes a key out, mends a file with a bad value, and makes no file of its own', async () => {
  expect(await world.spacebot('config', 'unset', 'defaults.max_turns')).toMatchObject({
    code: 0,
    stdout: 'defaults.max_turns was not set\n',
  });
  expect(existsSync(file())).toBe(false);
  write('[defaults]\nmax_turns = "five"\nbranch_max_turns = 3\n');
  expect(await world.spacebot('config', 'unset', 'defaults.max_turns')).toMatchObject({ code: 0, stdout: 'defaults.max_turns is unset\n' });
  expect(readFileSync(file(), 'utf8')).toBe('[defaults]\nbranch_max_turns = 3\n');
  expect(await world.spacebot('config', 'unset', 'nonsense')).toMatchObject({ code: 5 });
});

test('path prints the file, which --config chooses together with the folder', async () => {
  expect(await world.spacebot('config', 'path')).toMatchObject({ stdout: `${file()}\n` });
  const other = join(world.dir, 'else', 'my.toml');
  const run = world.run(['-c', other, 'config', 'path', '--json'], { environment: { SPACEBOT_DIR: '' } });
  expect((await run.finished).stdout).toBe(`${JSON.stringify({ path: other })}\n`);
});

test('set reads a value from stdin with "-", so that a credential need not be an argument [CLI-4]', async () => {
  const run = world.run(['config', 'set', 'llm.openai_key', '-'], { stdin: 'env:MY_KEY\n' });
  expect(await run.finished).toMatchObject({ code: 0 });
  expect(readFileSync(file(), 'utf8')).toContain('openai_key = "env:MY_KEY"');
});

test('with --url it is the configuration of that daemon, and no local file is touched [CLI-1]', async () => {
  const url = await world.startDaemon('port');
  const document = {
    revision: 'r',
    path: '/there/config.toml',
    values: { defaults: { max_turns: 9 } },
    sources: {},
    issues: [],
    restart_required: [],
  };
  world.answer('GET /config', document);
  world.answer('PATCH /config', (_: DaemonRequest, response: ServerResponse) =>
    sendJson(response, 200, { revision: 's', changed: ['defaults.max_turns'], restart_required: [], issues: [] }),
  );
  expect(await world.spacebot('config', 'get', 'defaults.max_turns', '--url', url)).toMatchObject({ code: 0, stdout: '9\n' });
  expect(await world.spacebot('config', 'path', '--url', url)).toMatchObject({ stdout: '/there/config.toml\n' });
  expect(await world.spacebot('config', 'check', '--url', url)).toMatchObject({ code: 0, stdout: 'ok\n' });
  expect(await world.spacebot('config', 'set', 'defaults.max_turns', '4', '--url', url)).toMatchObject({
    stdout: 'defaults.max_turns is set\n',
  });
  expect(world.requests.at(-1)).toMatchObject({ method: 'PATCH', body: { set: { 'defaults.max_turns': 4 } } });
  expect(existsSync(file())).toBe(false);
});
