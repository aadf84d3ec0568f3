import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { App, AppOptions, CreateApp, StartedApp } from '../../app/app.ts';
import { ConfigError, ConflictError } from '../../core/errors.ts';
import { lockInstance } from '../../storage/instance-lock.ts';
import { CliTestWorld } from '../cli-test-world.ts';

const TOKEN = `sbt_${'x'.repeat(43)}`;
const STARTED: StartedApp = { url: 'http://127.0.0.1:19898', firstStart: false, token: null, state: 'running' };

let world: CliTestWorld;
beforeEach(() => {
  world = new CliTestWorld();
});
afterEach(() => world.close());

interface FakeApp {
  readonly createApp: CreateApp;
  readonly calls: string[];
  readonly options: AppOptions[];
  /** What a stop through the API does. */
  endByApi(restart: boolean): void;
}

function fakeApp(start: () => Promise<StartedApp> = async () => STARTED, stop: () => Promise<void> = async () => {}): FakeApp {
  const calls: string[] = [];
  const options: AppOptions[] = [];
  let end: (outcome: { restart: boolean }) => void;
  const stopped = new Promise<{ restart: boolean }>((resolve) => {
    end = resolve;
  });
  const app: App = {
    start,
    async stop({ timeoutMs }) {
      calls.push(`stop ${timeoutMs}`);
      await stop();
    },
    async reload() {
      calls.push('reload');
    },
    stopped,
  };
  return {
    calls,
    options,
    createApp: async (given) => {
      options.push(given);
      return app;
    },
    endByApi: (restart) => end({ restart }),
  };
}

test('start -f prints pid, address and, on the first start only, the token; SIGTERM ends it gracefully with 0', async () => {
  const app = fakeApp(async () => ({ ...STARTED, firstStart: true, token: TOKEN }));
  const run = world.run(['start', '-f', '--demo'], { createApp: app.createApp });
  await run.printed('API token');
  expect(run.raise('SIGTERM')).toBe(1);
  const { code, stdout } = await run.finished;
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: `spacebot started (pid ${process.pid})\nAPI http://127.0.0.1:19898\nAPI token: ${TOKEN}\n`,
  });
  expect(app.calls).toEqual(['stop 30000']);
  expect(app.options).toMatchObject([
    { instanceDir: world.dir, configFile: join(world.dir, 'config.toml'), demo: true, logToTerminal: true },
  ]);
});

test('start -f --json prints one document', async () => {
  const app = fakeApp(async () => ({ ...STARTED, state: 'setup' }));
  const run = world.run(['start', '-f', '--json'], { createApp: app.createApp });
  await run.printed('\n');
  run.raise('SIGINT');
  const { stdout, stderr } = await run.finished;
  expect(JSON.parse(stdout)).toEqual({ pid: process.pid, url: STARTED.url, state: 'setup', first_start: false });
  expect(stderr).toBe('');
});

test('in state setup it says how to go on', async () => {
  const app = fakeApp(async () => ({ ...STARTED, state: 'setup' }));
  const run = world.run(['start', '-f'], { createApp: app.createApp });
  await run.printed('API');
  run.raise('SIGINT');
  expect((await run.finished).stderr).toContain('ANTHROPIC_API_KEY');
});

test('SIGHUP reloads the configuration; a second SIGINT ends at once with 1 [ST-11]', async () => {
  const app = fakeApp(undefined, () => new Promise(() => {}));
  const run = world.run(['start', '-f'], { createApp: app.createApp });
  await run.printed('API');
  run.raise('SIGHUP');
  run.raise('SIGINT');
  expect(run.exits).toEqual([]);
  run.raise('SIGINT');
  expect(run.exits).toEqual([1]);
  expect(app.calls[0]).toBe('reload');
});

/** A program in place of the daemon, which gets the arguments of `start`. */
function script(code: string): { readonly launcher: readonly [string, ...string[]] } {
  const path = join(world.dir, 'daemon.mjs');
  writeFileSync(path, code);
  return { launcher: [process.execPath, path] };
}

test('a daemon stopped through its API ends the command with 0', async () => {
  const app = fakeApp();
  const run = world.run(['start', '-f'], { createApp: app.createApp });
  await run.printed('API');
  app.endByApi(false);
  expect(await run.finished).toMatchObject({ code: 0 });
  expect(app.calls).toEqual([]);
});

test('a restart asked for through the API goes on in the same terminal, with the same flags and the status of the new run', async () => {
  const next = script(
    `import { writeFileSync } from 'node:fs'; writeFileSync('${world.dir}/again.json', JSON.stringify(process.argv.slice(2))); process.exit(7);`,
  );
  const app = fakeApp();
  const run = world.run(['start', '-f', '--demo'], { createApp: app.createApp, ...next });
  await run.printed('API');
  app.endByApi(true);
  expect(await run.finished).toMatchObject({ code: 7 });
  const given: unknown = JSON.parse(readFileSync(join(world.dir, 'again.json'), 'utf8'));
  expect(given).toEqual(['start', '--dir', world.dir, '--config', join(world.dir, 'config.toml'), '--demo', '--foreground']);
});

test('in the background a successor takes over and the old daemon ends', async () => {
  const next = script(`import { writeFileSync } from 'node:fs'; writeFileSync('again.json', JSON.stringify(process.argv.slice(2)));`);
  const app = fakeApp();
  const run = world.run(['start', '--background-child'], { createApp: app.createApp, report: async () => {}, ...next });
  app.endByApi(true);
  expect(await run.finished).toMatchObject({ code: 0, stdout: '' });
  await expect
    .poll(() => existsSync(join(world.dir, 'again.json')) && readFileSync(join(world.dir, 'again.json'), 'utf8'))
    .toContain('--background-child');
});

const ISSUE = { severity: 'error', code: 'type_mismatch', file: 'config.toml', line: 12, column: 13, path: 'defaults.max_turns' };
const MESSAGE = 'defaults.max_turns: expected integer 1..200, got string "five"';

test.each([
  [new ConflictError('port_in_use', 'Port 19898 is taken.'), 1, 'error: Port 19898 is taken.\n'],
  [new ConflictError('already_running', 'It runs.'), 1, 'error: It runs.\n'],
  [
    new ConfigError('config_invalid', 'The configuration is invalid.', { details: { issues: [{ ...ISSUE, message: MESSAGE }] } }),
    4,
    `config.toml:12:13: error: ${MESSAGE}\n`,
  ],
])('a start that fails says why on stderr: %s', async (error, exit, text) => {
  const app = fakeApp(() => Promise.reject(error));
  expect(await world.run(['start', '-f'], { createApp: app.createApp }).finished).toEqual({ code: exit, stdout: '', stderr: text });
});

test('a daemon in the background reports to its starter what happened and prints nothing, above all no token', async () => {
  const reports: unknown[] = [];
  const report = async (message: unknown) => void reports.push(message);
  const app = fakeApp(async () => ({ ...STARTED, firstStart: true, token: TOKEN }));
  const run = world.run(['start', '--background-child'], { createApp: app.createApp, report });
  await expect.poll(() => reports).toHaveLength(1);
  app.endByApi(false);
  expect(await run.finished).toEqual({ code: 0, stdout: '', stderr: '' });
  expect(reports).toEqual([{ type: 'ready', pid: process.pid, ...STARTED, firstStart: true, token: TOKEN }]);
  expect(app.options).toMatchObject([{ logToTerminal: false }]);
});

test('start in the background waits until the daemon is ready, and leaves it alone then', async () => {
  const daemon = script(`
    import { writeFileSync } from 'node:fs';
    writeFileSync('arguments.json', JSON.stringify(process.argv.slice(2)));
    console.log('printed by the daemon');
    process.send({ type: 'ready', pid: process.pid, url: 'http://127.0.0.1:5', state: 'running', firstStart: true, token: '${TOKEN}' }, () => process.disconnect());
  `);
  const { code, stdout, stderr } = await world.run(['start', '--demo', '--json'], daemon).finished;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const expected = { pid: expect.any(Number), url: 'http://127.0.0.1:5', state: 'running', first_start: true, token: TOKEN };
  expect(JSON.parse(stdout)).toEqual(expected);
  const given: unknown = JSON.parse(readFileSync(join(world.dir, 'arguments.json'), 'utf8'));
  expect(given).toEqual(['start', '--dir', world.dir, '--config', join(world.dir, 'config.toml'), '--demo', '--background-child']);
  const output = join(world.dir, 'logs', 'output.log');
  expect(readFileSync(output, 'utf8')).toContain('printed by the daemon');
  expect(readFileSync(output, 'utf8')).not.toContain('sbt_');
  expect(statSync(output).mode & 0o777).toBe(0o600);
});

test('the error of a daemon in the background is the error of start', async () => {
  const failure = { type: 'failed', code: 'config_invalid', message: 'no', details: { issues: [{ ...ISSUE, message: MESSAGE }] } };
  const daemon = script(`process.send(${JSON.stringify(failure)}, () => process.exit(4));`);
  expect(await world.run(['start'], daemon).finished).toEqual({ code: 4, stdout: '', stderr: `config.toml:12:13: error: ${MESSAGE}\n` });
  const json = await world.run(['start', '--json'], daemon).finished;
  expect(JSON.parse(json.stderr)).toMatchObject({ error: { code: 'config_invalid', details: { issues: [{ line: 12 }] } } });
});

test('a daemon that dies while it starts is reported with its last words', async () => {
  const { code, stderr } = await world.run(['start'], script(`console.error('out of luck'); process.exit(3);`)).finished;
  expect({ code, stderr }).toEqual({ code: 1, stderr: 'error: spacebot ended while it started (exit status 3)\nout of luck\n' });
});

test('a folder that a living daemon holds is refused; a pid file left behind by a dead one is not [ST-8]', async () => {
  const daemon = script(
    `process.send({ type: 'ready', pid: 7, url: 'u', state: 'running', firstStart: false, token: null }, () => process.exit(0));`,
  );
  writeFileSync(join(world.dir, 'spacebot.pid'), `${process.pid}\n`);
  expect(await world.run(['start'], daemon).finished).toMatchObject({ code: 0 });
  const lock = lockInstance(world.dir);
  try {
    const { code, stderr } = await world.run(['start', '--json'], daemon).finished;
    expect(code).toBe(1);
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'already_running', details: { pid: process.pid } } });
  } finally {
    lock.release();
  }
});

test('start makes the folder for its owner alone', async () => {
  const dir = join(world.dir, 'new', 'instance');
  const daemon = script(
    `process.send({ type: 'ready', pid: 7, url: 'u', state: 'running', firstStart: false, token: null }, () => process.exit(0));`,
  );
  expect(await world.run(['start', '--dir', dir], daemon).finished).toMatchObject({ code: 0 });
  expect(existsSync(dir)).toBe(true);
  expect(statSync(dir).mode & 0o777).toBe(0o700);
});
