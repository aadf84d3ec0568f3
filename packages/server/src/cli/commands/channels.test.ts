import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CliTestWorld, type DaemonRequest } from '../cli-test-world.ts';

const ID = 'webhook:ticket-42';
const CHANNEL = {
  agent_id: 'main',
  id: ID,
  platform: 'webhook',
  adapter: 'webhook',
  display_name: 'Ticket 42',
  place: { server_name: null, channel_name: null, is_direct: true },
  parent_id: null,
  state: 'idle',
  settings: { model: null, memory: null, delegation: null, response_mode: 'observe', save_attachments: null },
  message_count: 1,
  last_message: { role: 'user', preview: 'Hello\nthere', created_at: '2026-03-01T09:30:00.000Z' },
  active: { turn_id: null, workers: 0, branches: 0 },
  created_at: '2026-03-01T09:30:00.000Z',
  last_activity_at: '2026-03-01T09:30:00.000Z',
  revision: 1,
};

let world: CliTestWorld;
beforeEach(async () => {
  world = new CliTestWorld();
  await world.startDaemon();
  world.answer('GET /agents', { items: [{ id: 'main', default: true }], next_cursor: null });
});
afterEach(() => world.close());

test('the list hides what is archived unless --all is given, and passes its filters on', async () => {
  world.answer('GET /channels', { items: [CHANNEL, { ...CHANNEL, id: 'webhook:old', state: 'archived' }], next_cursor: null });
  const { stdout } = await world.spacebot('channels', 'list', '-a', 'main', '--platform', 'webhook');
  expect(stdout).toContain('webhook:ticket-42  main   idle   1         2026-03-01  Hello there\n');
  expect(stdout).not.toContain('webhook:old');
  expect(world.requests.at(-1)?.path).toBe('/channels?limit=50&platform=webhook&agent_id=main');
  expect(JSON.parse((await world.spacebot('channels', 'list', '--all', '--json')).stdout).items).toHaveLength(2);
});

test('messages show who said what, oldest first', async () => {
  const message = { ...CHANNEL.last_message, attachments: [], delivery: 'received', content: 'Hello' };
  const items = [
    { ...message, role: 'user', author: { id: 'alice', name: 'Alice' } },
    { ...message, role: 'assistant', author: null, content: 'Hi', delivery: 'failed', attachments: [{ filename: 'a.txt' }] },
  ];
  world.answer(`GET /agents/main/channels/${ID}/messages`, { items, next_cursor: null });
  expect(await world.spacebot('channels', 'messages', ID)).toMatchObject({
    code: 0,
    stdout: 'Alice  2026-03-01\nHello\n\nassistant  2026-03-01, not delivered\nHi\n[a.txt]\n',
  });
});

test('show, archive and delete act on one conversation; delete asks first', async () => {
  world.answer(`GET /agents/main/channels/${ID}`, CHANNEL);
  world.answer(`POST /agents/main/channels/${ID}/archive`, { ...CHANNEL, state: 'archived' });
  world.answer(`DELETE /agents/main/channels/${ID}`, (_: DaemonRequest, response: ServerResponse) => void response.writeHead(204).end());
  expect((await world.spacebot('channels', 'show', ID)).stdout).toContain('response_mode  observe');
  expect(JSON.parse((await world.spacebot('channels', 'archive', ID, '--json')).stdout)).toMatchObject({ state: 'archived' });
  expect(await world.spacebot('channels', 'delete', ID)).toMatchObject({ code: 2, stdout: '' });
  expect(world.requests.some(({ method }) => method === 'DELETE')).toBe(false);
  expect(await world.spacebot('channels', 'delete', ID, '-y')).toMatchObject({ code: 0, stdout: `${ID} is deleted\n` });
});
