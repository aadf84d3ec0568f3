/** What stands in the instance folder, and who may read it. */

import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { SpacebotProcess } from '../../src/testing/spacebot-process.ts';
import { closeTestWorlds, createTestWorld } from '../../src/testing/test-world.ts';

const folders: string[] = [];

afterEach(async () => {
  await closeTestWorlds();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** Every file and folder below, with its permissions. */
function modesBelow(folder: string): [path: string, mode: number, isFolder: boolean][] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    const own: [string, number, boolean] = [path, statSync(path).mode & 0o777, entry.isDirectory()];
    return entry.isDirectory() ? [own, ...modesBelow(path)] : [own];
  });
}

test('[ST-1] folders of an instance are 0700 and files 0600, databases and their journals too', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'spacebot-files-'));
  folders.push(dir);
  writeFileSync(join(dir, 'config.toml'), '[api]\nport = 0\n', { mode: 0o600 });
  const daemon = new SpacebotProcess(['start', '--foreground', '--demo'], { dir });
  await daemon.prints(/API http/);
  const chat = await new SpacebotProcess(['chat', '-m', 'hello'], { dir }).ended;
  expect(chat.code).toBe(0);
  const open = modesBelow(dir).filter(([, mode, isFolder]) => mode !== (isFolder ? 0o700 : 0o600));
  expect(open).toEqual([]);
  expect((await new SpacebotProcess(['stop'], { dir }).ended).code).toBe(0);
  await daemon.ended;
  expect([existsSync(join(dir, 'spacebot.pid')), existsSync(join(dir, 'spacebot.sock'))]).toEqual([false, false]);
});

test('[CF-4] an agent whose keys are refused is not made at all', async () => {
  const world = await createTestWorld();
  const before = world.readConfig();
  const refused = world.api.call('POST /agents', { body: { id: 'greedy', config: { max_turns: 900 } } });
  await expect(refused).rejects.toMatchObject({ code: 'config_invalid', status: 400 });
  expect(world.readConfig()).toBe(before);
  expect(existsSync(join(world.dir, 'agents', 'greedy'))).toBe(false);
  const made = await world.api.call('POST /agents', { body: { id: 'modest', display_name: 'Modest', config: { max_turns: 9 } } });
  expect(made).toMatchObject({ id: 'modest', display_name: 'Modest' });
  expect(world.readConfig()).toMatch(/id = "modest"\ndisplay_name = "Modest"\nmax_turns = 9/);
});

test('a first start that fails leaves the token to the start that can show it', async () => {
  const world = await createTestWorld();
  const port = new URL(world.url).port;
  const dir = mkdtempSync(join(tmpdir(), 'spacebot-files-'));
  folders.push(dir);
  writeFileSync(join(dir, 'config.toml'), `[api]\nport = ${port}\n`);
  const failed = await new SpacebotProcess(['start', '--foreground'], { dir }).ended;
  expect([failed.code, failed.stdout]).toEqual([1, '']);
  writeFileSync(join(dir, 'config.toml'), '[api]\nport = 0\n');
  const daemon = new SpacebotProcess(['start', '--foreground'], { dir });
  await daemon.prints(/API token: sbt_[A-Za-z0-9_-]{43}\n/);
  expect((await new SpacebotProcess(['stop'], { dir }).ended).code).toBe(0);
  await daemon.ended;
});
