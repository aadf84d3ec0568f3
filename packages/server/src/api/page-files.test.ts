/** Delivery of the built page. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ApiWorld, createApiWorld } from './api-test-world.ts';

let world: ApiWorld;
beforeEach(() => {
  world = createApiWorld();
});
afterEach(() => world.close());

const get = (path: string) => world.call(path, { anonymous: true });

function build(): void {
  const root = join(world.folder, 'web');
  mkdirSync(join(root, 'assets'), { recursive: true });
  writeFileSync(join(root, 'index.html'), '<!doctype html><script>setTheme()</script><div id="root"></div>');
  writeFileSync(join(root, 'assets', 'index-abc123.js'), 'let a = 1;');
  writeFileSync(join(root, 'favicon.svg'), '<svg/>');
  writeFileSync(join(world.folder, 'secret.txt'), 'secret');
}

test('every place inside the page is the page, a missing file is not', async () => {
  build();
  for (const path of ['/', '/chat', '/agents/main', '/index.html']) {
    const response = await get(path);
    expect([response.status, response.headers.get('Content-Type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(await response.text()).toContain('id="root"');
    expect(response.headers.get('Cache-Control')).toBe('no-store');
  }
  expect((await get('/assets/gone-1.js')).status).toBe(404);
});

test('assets named by their content are kept for ever, other files are not', async () => {
  build();
  const script = await get('/assets/index-abc123.js');
  expect(script.headers.get('Content-Type')).toBe('text/javascript; charset=utf-8');
  expect(script.headers.get('Cache-Control')).toBe('public, max-age=31536000, immutable');
  expect(script.headers.get('X-Content-Type-Options')).toBe('nosniff');
  expect((await get('/favicon.svg')).headers.get('Cache-Control')).toBe('no-store');
});

test("only the page's own scripts run in it, and nobody may frame it", async () => {
  build();
  const policy = (await get('/')).headers.get('Content-Security-Policy') ?? '';
  expect(policy).toMatch(/script-src 'self' 'sha256-[\w+/=]{44}';/);
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("frame-ancestors 'none'");
});

test('no path leads out of the folder', async () => {
  build();
  for (const path of ['/%2e%2e/secret.txt', '/..%2fsecret.txt', '/assets/%2e%2e/%2e%2e/secret.txt', '/%ff.txt', '/a%00.txt']) {
    const response = await get(path);
    expect([response.status, await response.text()]).not.toContain('secret');
    expect(response.status).toBe(404);
  }
});

test('without a build a plain page says how to make one', async () => {
  expect(await (await get('/')).text()).toContain('npm run build');
});

test('api.ui = false serves no page at all', async () => {
  build();
  world.settings = { ...world.settings, ui: false };
  expect((await get('/')).status).toBe(404);
  expect((await get('/assets/index-abc123.js')).status).toBe(404);
});
