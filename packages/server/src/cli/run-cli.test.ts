import { afterEach, beforeEach, expect, test } from 'vitest';
import { CliTestWorld, sendError } from './cli-test-world.ts';

let world: CliTestWorld;
beforeEach(() => {
  world = new CliTestWorld();
});
afterEach(() => world.close());

test('-V prints the version wherever it stands', async () => {
  expect(await world.spacebot('--json', '-V')).toEqual({ code: 0, stdout: 'spacebot 1.2.3\n', stderr: '' });
});

test('--help is a result: stdout, status 0', async () => {
  const { code, stdout, stderr } = await world.spacebot('--help');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  for (const command of ['start', 'stop', 'restart', 'status', 'chat', 'agents', 'channels', 'config', 'logs', 'completions']) {
    expect(stdout).toContain(`\n  ${command} `);
  }
});

test.each([[[]], [['agents']], [['channels']], [['config']]])('no sub-command prints help and exits 2: %j', async (args) => {
  const { code, stdout, stderr } = await world.spacebot(...args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(`Usage: ${['spacebot', ...args].join(' ')}`);
});

test.each([
  [['frobnicate']],
  [['status', '--frobnicate']],
  [['agents', 'frobnicate']],
  [['agents', 'show']],
  [['doctor']],
  [['chat', '--timeout', 'soon']],
  [['logs', '--level', 'loud']],
  [['agents', 'list', '--limit', '0']],
  [['completions', 'tcsh']],
  [['chat', '-m', ' ']],
  [['agents', 'create', 'Not An Id']],
  [['logs', '--since', 'yesterday-ish']],
])('a command line nobody can run exits 2 with an empty stdout and one message: %j', async (args) => {
  const human = await world.spacebot(...args);
  expect({ code: human.code, stdout: human.stdout }).toEqual({ code: 2, stdout: '' });
  expect(human.stderr).toMatch(/^error: /);
  const json = await world.spacebot(...args, '--json');
  expect({ code: json.code, stdout: json.stdout }).toEqual({ code: 2, stdout: '' });
  expect(JSON.parse(json.stderr)).toMatchObject({ error: { code: expect.any(String), message: expect.any(String) } });
  expect(json.stderr.trim().split('\n')).toHaveLength(1);
});

test('a flag whose value looks like a flag is taken as that value', async () => {
  await world.startDaemon();
  world.answer('GET /agents', { items: [], next_cursor: null });
  expect(await world.spacebot('chat', '-m', '--json')).toMatchObject({ code: 5, stderr: 'error: There is no agent.\n' });
});

test.each([
  [401, 'unauthorized', 7],
  [403, 'host_not_allowed', 7],
  [404, 'agent_not_found', 5],
  [404, 'conversation_not_found', 5],
  [409, 'revision_conflict', 6],
  [409, 'setup_required', 6],
  [400, 'invalid_request', 2],
  [504, 'timeout', 8],
  [402, 'model_unpriced', 9],
  [500, 'internal', 1],
  [429, 'rate_limited', 1],
])('what the daemon answers decides the exit status: %i %s is %i', async (status, code, exit) => {
  await world.startDaemon();
  world.answer('GET /agents/ops', (_: unknown, response: Parameters<typeof sendError>[0]) => sendError(response, status, code, 'No.'));
  const result = await world.spacebot('agents', 'show', 'ops', '--json');
  expect(result).toEqual({ code: exit, stdout: '', stderr: `{"error":{"code":"${code}","message":"No."}}\n` });
});

test('without a daemon a command that needs one exits 3 and says how to start it', async () => {
  expect(await world.spacebot('channels', 'list')).toEqual({
    code: 3,
    stdout: '',
    stderr: 'error: spacebot is not running\nStart it with: spacebot start\n',
  });
});

test('--url and --token, or their variables, reach a daemon elsewhere and not the local one [CLI-1]', async () => {
  const url = await world.startDaemon('port');
  world.answer('GET /agents', { items: [], next_cursor: null });
  const token = `sbt_${'x'.repeat(43)}`;
  expect(await world.spacebot('agents', 'list', '--url', `${url}/`, '--token', token, '--json')).toMatchObject({ code: 0 });
  const environment = { SPACEBOT_URL: `${url}/api`, SPACEBOT_TOKEN: token };
  expect(await world.run(['agents', 'list', '--json'], { environment }).finished).toMatchObject({ code: 0 });
  expect(world.requests.map(({ headers }) => headers.authorization)).toEqual([`Bearer ${token}`, `Bearer ${token}`]);
});

test('an address where nobody answers exits 3 and is never replaced by the local files', async () => {
  const { code, stderr } = await world.spacebot('agents', 'list', '--url', 'http://127.0.0.1:1');
  expect({ code, stderr }).toEqual({ code: 3, stderr: 'error: No spacebot answers at http://127.0.0.1:1.\n' });
  expect(await world.spacebot('agents', 'list', '--url', 'not an address')).toMatchObject({ code: 2 });
});

test('colour is for terminals alone, and NO_COLOR turns it off', async () => {
  const controlStart = String.fromCharCode(27);
  const colored = await world.run(['agents', 'list'], { terminal: true }).finished;
  expect(colored.stdout).toContain(controlStart);
  const plain = await world.run(['agents', 'list'], { terminal: true, environment: { NO_COLOR: '1' } }).finished;
  expect(plain.stdout).not.toContain(controlStart);
  expect((await world.spacebot('agents', 'list')).stdout).not.toContain(controlStart);
});

test('--debug shows the requests on stderr and leaves stdout alone', async () => {
  await world.startDaemon();
  world.answer('GET /agents', { items: [], next_cursor: null });
  const { stdout, stderr } = await world.spacebot('agents', 'list', '--json', '--debug');
  expect(JSON.parse(stdout)).toEqual({ items: [], next_cursor: null });
  expect(stderr).toMatch(/^GET http:\/\/localhost\/api\/agents\?limit=50 -> 200 \(\d+ ms\)\n$/);
});
