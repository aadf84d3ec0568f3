import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AgentSettingsStore } from './agent-settings-store.ts';

let directory: string;
let folder: string;
let settings: AgentSettingsStore;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'spacebot-settings-'));
  folder = join(directory, 'settings');
  settings = new AgentSettingsStore(folder);
});

afterEach(async () => {
  await settings.close();
  rmSync(directory, { recursive: true, force: true });
});

test('a setting is there after a restart, and a forgotten one is not', async () => {
  await settings.set('tone', { formal: true });
  await settings.set('gone', 1);
  await settings.set('gone', null);
  await settings.close();
  const reopened = new AgentSettingsStore(folder);
  expect(await reopened.get('tone')).toEqual({ formal: true });
  expect(await reopened.get('gone')).toBeUndefined();
  await reopened.close();
});

test('reading what was never set makes no file', async () => {
  expect(await settings.get('tone')).toBeUndefined();
  expect(existsSync(folder)).toBe(false);
});

test('two first uses at once share one store', async () => {
  await Promise.all([settings.set('a', 1), settings.set('b', 2)]);
  expect(await Promise.all([settings.get('a'), settings.get('b')])).toEqual([1, 2]);
});
