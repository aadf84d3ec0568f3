import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { ensurePrivateFolder, resolveInstanceDir } from './instance-dir.ts';
import { configJsonSchema } from './json-schema.ts';
import { formatPath, parsePath } from './paths.ts';

test('the instance lives where --dir says, else SPACEBOT_DIR, else beside --config, else in the home folder', () => {
  const environment = { SPACEBOT_DIR: '/env' };
  expect(resolveInstanceDir({ dir: '/flag', config: '/c/my.toml', environment })).toEqual({ dir: '/flag', configPath: '/c/my.toml' });
  expect(resolveInstanceDir({ environment })).toEqual({ dir: '/env', configPath: '/env/config.toml' });
  expect(resolveInstanceDir({ config: '/c/my.toml', environment: {} })).toEqual({ dir: '/c', configPath: '/c/my.toml' });
  expect(resolveInstanceDir({ environment: { SPACEBOT_DIR: '' } }).dir).toBe(join(homedir(), '.spacebot'));
  expect(resolveInstanceDir({ dir: 'relative', environment: {} }).dir).toBe(resolve('relative'));
  expect(resolveInstanceDir({ dir: '~/bot', environment: {} }).dir).toBe(join(homedir(), 'bot'));
});

test('folders are made private', () => {
  const folder = mkdtempSync(join(tmpdir(), 'spacebot-dir-'));
  ensurePrivateFolder(join(folder, 'a/b'));
  expect(statSync(join(folder, 'a')).mode & 0o777).toBe(0o700);
  expect(statSync(join(folder, 'a/b')).mode & 0o777).toBe(0o700);
  rmSync(folder, { recursive: true });
});

test.each([
  'a.b',
  'llm.pricing."x/y".input_per_mtok',
  'bindings[0].channel',
  'a[0][1].b',
  '"with \\" quote".x',
])('the path %s is read and written alike', (text) => {
  expect(formatPath(parsePath(text) ?? [])).toBe(text);
});

test.each(['', '.a', 'a.', 'a..b', '[0]', 'a b', 'a.[0]', 'a"b"'])('%j is no path', (text) => {
  expect(parsePath(text)).toBeUndefined();
});

test('the key tree is a JSON Schema that marks credentials and restart keys', () => {
  const schema = configJsonSchema();
  expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema');
  expect(schema).toMatchObject({
    properties: {
      api: {
        properties: {
          port: { type: 'integer', minimum: 0, maximum: 65_535, 'x-reload': 'restart' },
          auth_token: { writeOnly: true, minLength: 16 },
        },
      },
      agents: { items: { required: ['id'], properties: { workspace: { 'x-reload': 'restart' } } } },
      llm: { properties: { openai_key: { writeOnly: true } } },
    },
  });
});
