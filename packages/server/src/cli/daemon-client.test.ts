import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CliTestWorld } from './cli-test-world.ts';

let world: CliTestWorld;
beforeEach(() => {
  world = new CliTestWorld();
  world.answer('GET /agents', { items: [], next_cursor: null });
});
afterEach(() => world.close());

test('where the path is too long for a socket, the port and the token file lead to the daemon', async () => {
  const url = await world.startDaemon('port');
  const dir = join(world.dir, 'd'.repeat(120));
  mkdirSync(join(dir, 'data'), { recursive: true });
  writeFileSync(join(dir, 'config.toml'), `[api]\nbind = "0.0.0.0"\nport = ${new URL(url).port}\n`);
  writeFileSync(join(dir, 'data', 'api.token'), `sbt_${'t'.repeat(43)}\n`);
  expect(await world.spacebot('agents', 'list', '--dir', dir, '--json')).toMatchObject({ code: 0 });
  expect(world.requests).toMatchObject([{ headers: { authorization: `Bearer sbt_${'t'.repeat(43)}` } }]);
});

test('the socket needs no token, and none is sent', async () => {
  await world.startDaemon();
  const run = world.run(['agents', 'list', '--token', 'secret', '--json'], { environment: { SPACEBOT_TOKEN: 'secret' } });
  expect(await run.finished).toMatchObject({ code: 0 });
  expect(world.requests[0]?.headers.authorization).toBeUndefined();
});
