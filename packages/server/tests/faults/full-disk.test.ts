/** A disk without room: nothing is promised that is not stored, what was stored stays, and work goes on once there is room again. Needs the right to mount. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { closeDaemons, DaemonHarness } from '../../src/testing/daemon-harness.ts';
import { answering } from '../../src/testing/said.ts';
import { type ScriptedModel, startScriptedModel } from '../../src/testing/scripted-model/server.ts';
import { isAccepted } from '../../src/testing/webhook-client.ts';

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

test.skipIf(!canMount())(
  '[ST-9] a full disk stops intake with 503, keeps every accepted message, and is over when there is room',
  async () => {
    model = await startScriptedModel(answering((text) => `re: ${text.slice(0, 6)}`));
    folder = mountSmallDisk(48) ?? '';
    const daemon = await DaemonHarness.create(model.url, { dir: folder });
    await daemon.start();
    await daemon.webhook.asks('before');
    const ballast = join(folder, 'ballast');
    fillUp(ballast);
    const accepted: string[] = [];
    let refused = null;
    for (let number = 0; number < 400 && refused === null; number += 1) {
      const content = `no ${number}`.padEnd(6).padEnd(20_000, 'x');
      const answer = await daemon.webhook.send({ conversation_id: 'talk', content });
      if (isAccepted(answer.body)) accepted.push(answer.body.message_id);
      else refused = answer;
    }
    expect(refused).toMatchObject({
      status: 503,
      body: { error: { code: expect.stringMatching(/^(unavailable|storage_error|disk_full)$/) } },
    });
    const ready = await fetch(`${daemon.url}/api/health/ready`);
    expect([ready.status, await ready.json()]).toEqual([503, { status: 'degraded' }]);
    expect((await daemon.webhook.poll()).messages.length).toBeGreaterThan(0);
    rmSync(ballast);
    await daemon.stop();
    await daemon.start();
    const replies = await daemon.webhook.replies(accepted.length + 1);
    expect(replies.slice(1).map(({ in_reply_to }) => in_reply_to)).toEqual(accepted);
    expect(await daemon.webhook.asks('after')).toMatchObject([{ content: 're: after' }]);
  },
);

/** Writes until the disk takes no more. */
function fillUp(path: string): void {
  const block = Buffer.alloc(256 * 1024);
  for (const size of [block.length, 4096]) {
    try {
      for (;;) writeFileSync(path, block.subarray(0, size), { flag: 'a' });
    } catch {
      // Full for pieces of this size; smaller ones may still fit.
    }
  }
}
