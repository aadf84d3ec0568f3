/** `npm run dev`: the daemon from source with the offline demo model, restarted on every edit, and the page with hot reload in front of it. */

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const repository = join(import.meta.dirname, '..');
const instance = process.env.SPACEBOT_DIR ?? join(repository, '.dev');
const DEV_API_PORT = 19899;
const config = join(instance, 'config.toml');

// A port of its own, so that a Spacebot in daily use can go on beside it.
if (!existsSync(config)) {
  mkdirSync(instance, { recursive: true, mode: 0o700 });
  writeFileSync(config, `[api]\nport = ${DEV_API_PORT}\n`, { mode: 0o600 });
}

const environment = {
  ...process.env,
  SPACEBOT_DIR: instance,
  SPACEBOT_URL: process.env.SPACEBOT_URL ?? `http://127.0.0.1:${DEV_API_PORT}`,
};
const run = (args, cwd) => spawn(process.execPath, args, { cwd, env: environment, stdio: 'inherit' });

const tsx = join(repository, 'node_modules/tsx/dist/cli.mjs');
const children = [
  run(
    [tsx, 'watch', '--clear-screen=false', '--conditions=source', 'scripts/daemon-from-source.js', 'start', '--foreground', '--demo'],
    repository,
  ),
  run([join(repository, 'node_modules/vite/bin/vite.js')], join(repository, 'packages/web')),
];

/** Either one ending ends the other. */
function endAll() {
  for (const child of children) child.kill('SIGTERM');
}
for (const child of children) child.once('exit', endAll);
process.on('SIGINT', endAll);
process.on('SIGTERM', endAll);
