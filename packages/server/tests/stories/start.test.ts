/** Starting through the real command line: what is wrong is said in a sentence, with a code and an exit status, before anything is touched. */

import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { closeDaemons, DaemonHarness } from '../../src/testing/daemon-harness.ts';
import { freePort } from '../../src/testing/free-port.ts';
import { runSpacebot } from '../../src/testing/spacebot-process.ts';

/** Processes are started here, and the first one may have to be built. */
vi.setConfig({ testTimeout: 60_000 });

afterEach(closeDaemons);

describe('a file that cannot be used', () => {
  test.each([
    ['broken TOML', 'max_turns = = 5', /^config\.toml:(\d+):\d+: error: /m],
    [
      'a wrong type',
      '[defaults]\nmax_turns = "five"',
      /^config\.toml:(\d+):13: error: defaults\.max_turns: expected integer 1\.\.200, got string "five"$/m,
    ],
    ['a value out of range', '[defaults]\nmax_turns = 5000', /^config\.toml:(\d+):13: error: defaults\.max_turns: /m],
  ])('%s: exit status 4, and the place of every error', async (_, lines, pattern) => {
    const daemon = await DaemonHarness.create(null, { config: { more: lines } });
    const ended = await daemon.launch().ended;
    expect(ended).toMatchObject({ code: 4, stdout: '' });
    const line =
      daemon
        .readConfig()
        .split('\n')
        .indexOf(lines.split('\n').at(-1) ?? '') + 1;
    expect(pattern.exec(ended.stderr)?.[1]).toBe(String(line));
  });

  test('an unknown key is a warning with a suggestion, and the daemon runs', async () => {
    const daemon = await DaemonHarness.create(null, { config: { more: '[defaults]\nmax_turn = 7' } });
    await daemon.start();
    expect(daemon.process.stderr).toContain('did you mean \\"defaults.max_turns\\"');
    const checked = await runSpacebot(['config', 'check'], { dir: daemon.dir });
    expect(checked.code).toBe(0);
    expect(checked.stdout).toMatch(
      /^config\.toml:\d+:1: warning: unknown key "defaults\.max_turn" \(did you mean "defaults\.max_turns"\?\)$/m,
    );
    expect((await runSpacebot(['config', 'check', '--strict'], { dir: daemon.dir })).code).toBe(4);
  });

  test('[CF-8] a reference to a key that is not there disables the provider alone, and says which name is missing', async () => {
    const provider = '[llm.provider.gone]\napi_type = "anthropic"\nbase_url = "http://127.0.0.1:9"\napi_key = "env:NO_SUCH_KEY"';
    const daemon = await DaemonHarness.create(null, { config: { more: provider } });
    await daemon.start();
    expect((await daemon.api().call('GET /status')).state).toBe('setup');
    expect(daemon.process.stderr).toContain('NO_SUCH_KEY');
  });
});

describe('a place that is taken', () => {
  test('a second daemon on the same folder: exit status 1, already_running, and the first goes on', async () => {
    const daemon = await DaemonHarness.create(null);
    await daemon.start();
    const second = await runSpacebot(['--json', 'start', '--foreground'], { dir: daemon.dir });
    expect(second).toMatchObject({ code: 1, stdout: '' });
    expect(JSON.parse(second.stderr)).toMatchObject({ error: { code: 'already_running' } });
    expect((await daemon.api().call('GET /status')).state).toBe('setup');
  });

  test('a daemon that was killed leaves no lock behind', async () => {
    const daemon = await DaemonHarness.create(null);
    await daemon.start();
    await daemon.kill9();
    expect(readFileSync(join(daemon.dir, 'spacebot.pid'), 'utf8')).toBe(`${daemon.process.pid}\n`);
    await daemon.start();
  });

  test('the API port in use: exit status 1, port_in_use, and a sentence that names it', async () => {
    const taken = await takePort();
    const daemon = await DaemonHarness.create(null, { config: { apiPort: taken.port } });
    const ended = await daemon.launch().ended;
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(ended.stderr).toContain(`127.0.0.1:${taken.port} is in use by another program`);
    expect(lastLine((await daemon.launch(['--json']).ended).stderr)).toMatchObject({ error: { code: 'port_in_use' } });
  });

  test('the webhook port in use: the daemon runs, and the adapter says what is wrong', async () => {
    const taken = await takePort();
    const daemon = await DaemonHarness.create(null, { config: { webhookPort: taken.port } });
    await daemon.launch().prints(/^API http/m);
    const webhook = async () => (await daemon.api().call('GET /status')).adapters.find(({ key }) => key === 'webhook');
    const said = async () => (await webhook())?.last_error ?? null;
    await expect.poll(said, { timeout: 5_000 }).toMatchObject({
      code: 'port_in_use',
      message: `The webhook cannot listen on 127.0.0.1:${taken.port}: another program uses it. Stop it or set another messaging.webhook.port.`,
    });
    expect((await daemon.stop()).code).toBe(0);
  });
});

const taken = new Set<Server>();
afterEach(() => {
  for (const server of taken) server.close();
  taken.clear();
});

async function takePort(): Promise<{ readonly port: number }> {
  const server = createServer().listen(await freePort(), '127.0.0.1');
  taken.add(server);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return address;
}

function lastLine(text: string): unknown {
  return JSON.parse(text.trimEnd().split('\n').at(-1) ?? '');
}

describe('a first start', () => {
  test('shows the token once and never writes it to a log', async () => {
    const daemon = await DaemonHarness.create(null);
    await daemon.start();
    const [, token] = await daemon.process.prints(/^API token: (sbt_\S{43})$/m);
    expect(token).toBe(daemon.token());
    expect(daemon.logs()).not.toContain(token);
    await daemon.restart();
    expect(daemon.process.stdout).not.toContain('sbt_');
  });

  test('without a provider says how to go on', async () => {
    const daemon = await DaemonHarness.create(null);
    await daemon.start();
    expect(daemon.process.stderr).toContain('No model provider is configured yet. Set ANTHROPIC_API_KEY or OPENAI_API_KEY');
  });

  test('works in an empty folder without any file, from environment alone', async () => {
    const daemon = await DaemonHarness.create(null, { environment: {} });
    rmSync(join(daemon.dir, 'config.toml'));
    const ended = await runSpacebot(['config', 'check'], { dir: daemon.dir });
    expect(ended).toMatchObject({ code: 0 });
  });
});
