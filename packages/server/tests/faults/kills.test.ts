/** The built daemon, killed with -9: what was accepted is answered once, in order, after the last restart. */

import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, expect, onTestFailed, test, vi } from 'vitest';
import { closeDaemons, DaemonHarness } from '../../src/testing/daemon-harness.ts';
import { type KeyedMessage, type SentMessage, sendUntilAccepted } from '../../src/testing/retrying-sender.ts';
import { said } from '../../src/testing/said.ts';
import { type ModelScript, reply, script, silence, toolCall } from '../../src/testing/scripted-model/script.ts';
import { type ScriptedModel, startScriptedModel } from '../../src/testing/scripted-model/server.ts';
import { chooseSeed, seededRandom } from '../../src/testing/seeded-random.ts';

/** Processes are started here, and the first one may have to be built. */
vi.setConfig({ testTimeout: 60_000 });

let model: ScriptedModel | null = null;
afterEach(async () => {
  await closeDaemons();
  await model?.close();
  model = null;
});

async function startModel(steps: ModelScript): Promise<ScriptedModel> {
  model = await startScriptedModel(steps);
  return model;
}

const KILLS = 20;
const MESSAGES = 100;
const CONVERSATIONS = 6;

test('twenty kills at random moments while a hundred messages are sent: each accepted message has exactly one answer, in order', {
  timeout: 120_000,
}, async () => {
  const seed = chooseSeed();
  console.log(`SPACEBOT_TEST_SEED=${seed}`);
  onTestFailed(() => console.error(`repeat with SPACEBOT_TEST_SEED=${seed}`));
  const random = seededRandom(seed);
  const upTo = (limit: number) => Math.floor(random() * limit);
  const { url } = await startModel((request) => reply(`re: ${said(request)}`, { delayMs: upTo(30) }));
  const daemon = await DaemonHarness.create(url);
  const giveUp = AbortSignal.timeout(100_000);
  const sent: SentMessage[] = [];
  const lines = Array.from({ length: CONVERSATIONS }, () => Promise.resolve());

  /** Behind what its conversation sends before it; some callers ask again although they were answered. */
  function post(message: KeyedMessage, line: number, repeats: boolean): void {
    lines[line] = (lines[line] ?? Promise.resolve()).then(async () => {
      const first = await sendUntilAccepted(daemon.webhook, message, giveUp);
      sent.push(first);
      if (!repeats) return;
      const again = await sendUntilAccepted(daemon.webhook, message, giveUp);
      expect(again.accepted).toMatchObject({ message_id: first.accepted.message_id, duplicate: true });
    });
  }

  await daemon.start();
  for (let kill = 0, posted = 0; kill < KILLS; kill += 1) {
    for (; posted < (MESSAGES * (kill + 1)) / KILLS; posted += 1) {
      const line = upTo(CONVERSATIONS);
      post({ conversation: `c${line}`, key: `k${posted}`, content: `message ${posted}` }, line, upTo(4) === 0);
    }
    await wait(upTo(250));
    await daemon.kill9();
    daemon.launch();
    // One start in four is itself cut short.
    if (upTo(4) > 0) await daemon.waitReady();
  }
  await daemon.waitReady();
  await Promise.all(lines);
  expect(sent).toHaveLength(MESSAGES);
  for (const line of lines.keys())
    await expectOneAnswerEach(
      daemon,
      sent.filter(({ conversation }) => conversation === `c${line}`),
    );
  expect((await daemon.stop()).code).toBe(0);
});

async function expectOneAnswerEach(daemon: DaemonHarness, sent: readonly SentMessage[]): Promise<void> {
  const replies = await daemon.webhook.replies(sent.length, sent[0]?.conversation);
  // A turn that was under way at three kills is given up with a notice: an answer too, and in its place.
  expect(replies.map(({ in_reply_to, content, code }) => [in_reply_to, content ?? code])).toEqual(
    sent.map(({ accepted, content }, index) => [
      accepted.message_id,
      replies[index]?.code === 'interrupted' ? 'interrupted' : `re: ${content}`,
    ]),
  );
}

test('a kill while the model thinks: the turn is asked again after the restart and answered once', async () => {
  const { url } = await startModel(script(silence, reply('The answer.')));
  const daemon = await DaemonHarness.create(url);
  await daemon.start();
  const accepted = await daemon.webhook.says('A question?');
  await model?.waitForRequests(1);
  await daemon.kill9();
  await daemon.start();
  expect(await daemon.webhook.heard(1)).toEqual(['The answer.']);
  expect(await daemon.webhook.replies()).toMatchObject([{ in_reply_to: accepted.message_id, turn_id: accepted.turn_id }]);
  expect(model?.requests).toHaveLength(2);
});

test('a kill between two steps: what the first step did is kept, and only the second is asked again', async () => {
  const { url } = await startModel(script(toolCall('set_status', { status: 'half way' }), silence, reply('Done.')));
  const daemon = await DaemonHarness.create(url);
  await daemon.start();
  await daemon.webhook.says('Do both.');
  await model?.waitForRequests(2);
  await daemon.kill9();
  await daemon.start();
  expect(await daemon.webhook.heard(1)).toEqual(['Done.']);
  expect(model?.requests).toHaveLength(3);
  const [, before, after] = (model?.requests ?? []).map(({ body }) => JSON.stringify(body.messages).match(/Status set\./g)?.length);
  expect([before, after]).toEqual([1, 1]);
});

test('a kill in the middle of a streamed answer: the answer is whole afterwards, and there is one', async () => {
  const { url } = await startModel(script(reply('This answer is never finished.', { silentAfter: 5 }), reply('This answer is whole.')));
  const daemon = await DaemonHarness.create(url);
  await daemon.start();
  const client = daemon.api();
  const send = 'POST /agents/{agent_id}/portal/{session_id}/messages';
  const seen: string[] = [];
  await expect(async () => {
    for await (const event of client.stream(send, { params: { agent_id: 'main', session_id: 's' }, body: { content: 'Tell me.' } })) {
      seen.push(event.type);
      if (event.type === 'outbound_message_delta') await daemon.kill9();
    }
  }).rejects.toThrow();
  expect(seen).toContain('outbound_message_delta');
  await daemon.start();
  const params = { agent_id: 'main', conversation_id: 'portal:chat:main:s' };
  const ended = async () => (await daemon.api().call('GET /system/idle')).idle;
  await expect.poll(ended, { timeout: 10_000 }).toBe(true);
  const { items } = await daemon.api().call('GET /agents/{agent_id}/channels/{conversation_id}/messages', { params });
  expect(items.map(({ content }) => content)).toEqual(['Tell me.', 'This answer is whole.']);
});

test('the third crash on the same turn gives it up with one notice, and the conversation goes on', async () => {
  const { url } = await startModel(script(silence, silence, silence, reply('Fresh start.')));
  const daemon = await DaemonHarness.create(url);
  await daemon.start();
  const accepted = await daemon.webhook.says('This kills you.');
  for (let crash = 1; crash <= 3; crash += 1) {
    await model?.waitForRequests(crash);
    await daemon.kill9();
    await daemon.start();
  }
  expect(await daemon.webhook.replies(1)).toMatchObject([
    { type: 'error', code: 'interrupted', in_reply_to: accepted.message_id, message: expect.stringContaining(accepted.turn_id.slice(-8)) },
  ]);
  expect(await daemon.webhook.asks('And now?')).toMatchObject([{ content: 'Fresh start.' }]);
  expect(await daemon.webhook.replies()).toHaveLength(2);
  expect(model?.requests).toHaveLength(4);
});

test('[ST-11] a polite stop lets the running turn finish; a second signal ends at once, and the next start answers', async () => {
  const { url } = await startModel(script(reply('In time.', { delayMs: 300 }), silence, reply('After the restart.')));
  const daemon = await DaemonHarness.create(url);
  await daemon.start();
  await daemon.webhook.says('First.');
  await model?.waitForRequests(1);
  expect(await daemon.stop()).toMatchObject({ code: 0, signal: null });
  await daemon.start();
  expect(await daemon.webhook.heard()).toEqual(['In time.']);
  await daemon.webhook.says('Second.');
  await model?.waitForRequests(2);
  daemon.process.signal('SIGTERM');
  await daemon.process.prints(/once more to stop at once/);
  expect(await daemon.process.end('SIGTERM')).toMatchObject({ code: 1 });
  await daemon.start();
  expect(await daemon.webhook.heard(2)).toEqual(['In time.', 'After the restart.']);
});
