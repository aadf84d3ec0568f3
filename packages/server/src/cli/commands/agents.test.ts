import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CliTestWorld, type DaemonRequest, sendJson } from '../cli-test-world.ts';

let world: CliTestWorld;
beforeEach(() => {
  world = new CliTestWorld();
});
afterEach(() => world.close());

const configFile = () => join(world.dir, 'config.toml');
const listed = async () => {
  const { items } = JSON.parse((await world.spacebot('agents', 'list', '--json')).stdout);
  return items.map((agent: { id: string; default: boolean }) => (agent.default ? `${agent.id}*` : agent.id));
};

test('with the daemon down agents are listed, created and deleted in the file [CLI-2]', async () => {
  expect(await listed()).toEqual(['main*']);
  const created = await world.spacebot('agents', 'create', 'ops', '--display-name', 'Ops', '--role', 'keeps it running', '--json');
  expect(created.code).toBe(0);
  expect(JSON.parse(created.stdout)).toMatchObject({
    id: 'ops',
    display_name: 'Ops',
    role: 'keeps it running',
    default: false,
    state: 'stopped',
  });
  expect(await listed()).toEqual(['main*', 'ops']);
  expect(await world.spacebot('agents', 'create', 'boss', '--default')).toMatchObject({ code: 0, stdout: 'boss is created\n' });
  expect(await listed()).toEqual(['main', 'ops', 'boss*']);
  expect(await world.spacebot('agents', 'delete', 'ops', '-y')).toMatchObject({ code: 0, stdout: 'ops is deleted\n' });
  expect(await listed()).toEqual(['main', 'boss*']);
  expect(await world.spacebot('config', 'check')).toMatchObject({ code: 0, stdout: 'ok\n' });
});

test('a new agent gets identity files for its owner alone; those that are there stay', async () => {
  const folder = join(world.dir, 'agents', 'ops');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'USER.md'), 'Ada');
  await world.spacebot('agents', 'create', 'ops');
  expect(readdirSync(folder).sort()).toEqual(['IDENTITY.md', 'ROLE.md', 'SOUL.md', 'USER.md']);
  expect(readFileSync(join(folder, 'USER.md'), 'utf8')).toBe('Ada');
  expect(readFileSync(join(folder, 'SOUL.md'), 'utf8')).toContain('# Soul');
  expect(statSync(join(folder, 'SOUL.md')).mode & 0o777).toBe(0o600);
});

test('a template replaces the files it has and leaves the others as usual', async () => {
  await world.spacebot('agents', 'create', 'plain');
  await world.spacebot('agents', 'create', 'desk', '--template', 'support');
  const file = (agent: string, name: string) => readFileSync(join(world.dir, 'agents', agent, name), 'utf8');
  expect(file('desk', 'ROLE.md')).not.toBe(file('plain', 'ROLE.md'));
  expect(file('desk', 'USER.md')).toBe(file('plain', 'USER.md'));
});

test.each([
  [['create', 'main'], 6, 'agent_exists'],
  [['create', 'Ops'], 2, 'invalid_agent_id'],
  [['create', 'ops', '--template', 'pirate'], 5, 'not_found'],
  [['delete', 'main', '-y'], 6, 'last_agent'],
  [['delete', 'nobody', '-y'], 5, 'agent_not_found'],
  [['show', 'nobody'], 5, 'agent_not_found'],
])('what cannot be done has its own code and changes nothing: %j', async (args, exit, code) => {
  const { code: status, stdout, stderr } = await world.spacebot('agents', ...args, '--json');
  expect({ status, stdout }).toEqual({ status: exit, stdout: '' });
  expect(JSON.parse(stderr)).toMatchObject({ error: { code } });
  expect(existsSync(configFile())).toBe(false);
  expect(existsSync(join(world.dir, 'agents'))).toBe(false);
});

test('SPACEBOT_MAX_AGENTS caps the number of agents', async () => {
  const run = world.run(['agents', 'create', 'ops', '--json'], { environment: { SPACEBOT_MAX_AGENTS: '1' } });
  expect(await run.finished).toMatchObject({ code: 6, stderr: expect.stringContaining('agent_limit_reached') });
});

test('delete without a terminal and without -y exits 2 and deletes nothing', async () => {
  await world.spacebot('agents', 'create', 'ops');
  expect(await world.spacebot('agents', 'delete', 'ops')).toMatchObject({ code: 2, stdout: '' });
  expect(await listed()).toEqual(['main*', 'ops']);
});

test('delete keeps the files; --purge puts them in the trash for 7 days [CF-10]', async () => {
  const trash = join(world.dir, 'data', 'trash');
  await world.spacebot('agents', 'create', 'ops');
  await world.spacebot('agents', 'delete', 'ops', '-y');
  expect(existsSync(join(world.dir, 'agents', 'ops', 'SOUL.md'))).toBe(true);
  await world.spacebot('agents', 'create', 'ops');
  mkdirSync(join(trash, `older.${Date.now() - 8 * 24 * 60 * 60 * 1000}`), { recursive: true });
  mkdirSync(join(trash, `recent.${Date.now() - 6 * 24 * 60 * 60 * 1000}`), { recursive: true });
  await world.spacebot('agents', 'delete', 'ops', '-y', '--purge');
  expect(existsSync(join(world.dir, 'agents', 'ops'))).toBe(false);
  const kept = readdirSync(trash).map((name) => name.split('.')[0]);
  expect(kept.sort()).toEqual(['ops', 'recent']);
});

test('bindings of a deleted agent go with it, comments stay', async () => {
  writeFileSync(
    configFile(),
    '# mine\n[[agents]]\nid = "main"\n\n[[agents]]\nid = "ops"\n\n[[bindings]]\nagent_id = "ops"\nchannel = "webhook"\n',
  );
  expect(await world.spacebot('agents', 'delete', 'ops', '-y')).toMatchObject({ code: 0 });
  expect(await world.spacebot('config', 'check')).toMatchObject({ code: 0 });
  expect(readFileSync(configFile(), 'utf8')).toContain('# mine');
  expect(readFileSync(configFile(), 'utf8')).not.toContain('ops');
});

const AGENT = {
  id: 'ops',
  display_name: 'Ops',
  role: '',
  default: true,
  state: 'ready',
  paused: false,
  pause_reason: null,
  workspace: '/w',
  created_at: '2026-03-01T09:30:00.000Z',
  routing: { channel: 'anthropic/claude' },
  autonomy_level: 'supervised',
  counts: { conversations: 2, memories: 3, cron_jobs: 0, skills: 0 },
  revision: '1',
};

test('with the daemon up the same commands go through it, and the files are its business', async () => {
  await world.startDaemon();
  world.answer('GET /agents', { items: [AGENT], next_cursor: 'next' });
  world.answer('GET /agents/ops', AGENT);
  world.answer('POST /agents', (_: DaemonRequest, response: ServerResponse) => sendJson(response, 201, AGENT));
  world.answer('DELETE /agents/ops', (_: DaemonRequest, response: ServerResponse) => void response.writeHead(204).end());
  expect(await world.spacebot('agents', 'list', '--limit', '1')).toEqual({
    code: 0,
    stdout: 'AGENT          NAME  STATE  CONVERSATIONS  MEMORIES  ROLE\nops (default)  Ops   ready  2              3\n',
    stderr: 'More with: --cursor next\n',
  });
  expect(JSON.parse((await world.spacebot('agents', 'create', 'ops', '--template', 'support', '--json')).stdout)).toEqual(AGENT);
  expect(await world.spacebot('agents', 'delete', 'ops', '-y', '--purge', '--json')).toMatchObject({
    code: 0,
    stdout: '{"deleted":true,"id":"ops","purged":true}\n',
  });
  const made = world.requests.map(({ method, path, body }) => [method, path, body]);
  expect(made).toEqual([
    ['GET', '/agents?limit=1', undefined],
    ['POST', '/agents', { id: 'ops', template: 'support' }],
    ['GET', '/agents/ops', undefined],
    ['DELETE', '/agents/ops?purge=true', undefined],
  ]);
  expect(existsSync(configFile())).toBe(false);
});
