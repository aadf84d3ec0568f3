/** A disk without room: nothing is promised that is not stored, what was stored stays, and work goes on once there is room again. Needs the right to mount. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { closeDaemons, DaemonHarness } from '../../src/testing/daemon-harness.ts';
import { said } from '../../src/testing/said.ts';
import { reply } from '../../src/testing/scripted-model/script.ts';
import { type ScriptedModel, startScriptedModel } from '../../src/testing/scripted-model/server.ts';
import { isAccepted } from '../../src/testing/webhook-client.ts';

/** Processes are started here, and the first one may have to be built. */
vi.setConfig({ testTimeout: 60_000 });

let model: ScriptedModel | null = null;
let folder: string | null = null;

afterEach(async () => {
  await closeDaemons();
  await model?.close();
  if (folder !== null) unmount(folder);
  folder = null;
});

function mountSmallDisk(megabytes: number): string | null {
  const path = mkdtempSync(join(tmpdir(), 'spacebot-disk-'));
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path]);
  if (status === 0) return path;
  rmdirSync(path);
  return null;
}

function unmount(path: string): void {
  spawnSync('umount', ['-l', path]);
  rmdirSync(path);
}

function canMount(): boolean {
  const path = mountSmallDisk(1);
  if (path !== null) unmount(path);
  return path !== null;
}

async function startOnSmallDisk(): Promise<DaemonHarness> {
  model = await startScriptedModel((request) => reply(`re: ${said(request).slice(0, 8)}`, { delayMs: said(request) === 'slow' ? 600 : 0 }));
  folder = mountSmallDisk(48) ?? '';
  const daemon = await DaemonHarness.create(model.url, { dir: folder });
  await daemon.start();
  await daemon.webhook.asks('before');
  return daemon;
}

async function readiness(daemon: DaemonHarness): Promise<unknown> {
  const response = await fetch(`${daemon.url}/api/health/ready`);
  return [response.status, await response.json()];
}

describe.skipIf(!canMount())('[ST-9] a full disk', () => {
  test('stops intake with 503, keeps every accepted message, and is over when there is room', async () => {
    const daemon = await startOnSmallDisk();
    const ballast = fillUp(daemon.dir);
    const accepted: string[] = [];
    let refused = null;
    for (let number = 0; number < 400 && refused === null; number += 1) {
      const answer = await daemon.webhook.send({ conversation_id: 'talk', content: `number ${number}`.padEnd(20_000, 'x') });
      if (isAccepted(answer.body)) accepted.push(answer.body.message_id);
      else refused = answer;
    }
    expect(refused).toMatchObject({ status: 503, body: { error: { code: 'unavailable' } } });
    expect(await readiness(daemon)).toEqual([503, { status: 'degraded' }]);
    expect((await daemon.webhook.poll()).messages.length).toBeGreaterThan(0);
    rmSync(ballast);
    await expect.poll(() => readiness(daemon), { timeout: 15_000 }).toEqual([200, { status: 'ready' }]);
    const replies = await daemon.webhook.replies(accepted.length + 1);
    expect(replies.slice(1).map(({ in_reply_to }) => in_reply_to)).toEqual(accepted);
    expect(await daemon.webhook.asks('after')).toMatchObject([{ content: 're: after' }]);
  });

  test('under a running turn: the turn goes on when there is room, and what waited behind it is answered too', async () => {
    const daemon = await startOnSmallDisk();
    const slow = await daemon.webhook.says('slow');
    await model?.waitForRequests(2);
    const behind = await daemon.webhook.says('behind');
    const ballast = fillUp(daemon.dir);
    await expect.poll(() => readiness(daemon), { timeout: 15_000 }).toEqual([503, { status: 'degraded' }]);
    rmSync(ballast);
    expect((await daemon.webhook.replies(3)).slice(1)).toMatchObject([
      { in_reply_to: slow.message_id, content: 're: slow' },
      { in_reply_to: behind.message_id, content: 're: behind' },
    ]);
    const ended = async () => (await daemon.api().call('GET /events/history', { query: { types: ['turn_completed'] } })).items.length;
    await expect.poll(ended, { timeout: 10_000 }).toBe(3);
  });
});

/** Writes a file until the disk takes no more; returns its path. */
function fillUp(dir: string): string {
  const path = join(dir, 'ballast');
  const block = Buffer.alloc(256 * 1024);
  for (const size of [block.length, 4096]) {
    try {
      for (;;) writeFileSync(path, block.subarray(0, size), { flag: 'a' });
    } catch {
      // Full for pieces of this size; smaller ones may still fit.
    }
  }
  return path;
}
