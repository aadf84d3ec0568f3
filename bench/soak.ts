/** `npm run soak [-- MINUTES]`: kills the built daemon at random moments under load, restarts it, and at the end counts the answers of every accepted message. */

import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { startModel } from './model.ts';
import { runToEnd, startProcess } from './processes.ts';
import { prepareDaemon, repository } from './subjects.ts';

interface Sent {
  readonly message_id: string;
  readonly duplicate: boolean;
}
interface Polled {
  readonly messages: readonly { readonly type: string; readonly in_reply_to?: string; readonly code?: string }[];
  readonly next_after: number;
  readonly state: string;
}

interface FailedAnswer {
  readonly id: string;
  readonly code: string;
}

const CONVERSATIONS = 10;
const KILL_AFTER_MS = { least: 50, most: 3_000 };
/** A turn that was hit three times at the same step is ended with this code: an answer, and by rule. */
const PARKED = 'interrupted';
const PAUSE_MS = { least: 20, most: 200 };
const SETTLE_WITHIN_MS = 120_000;
const minutes = Number(process.argv[2] ?? 5);
const endAt = Date.now() + minutes * 60_000;

const problems: string[] = [];
const accepted = new Map<string, Set<string>>();
let kills = 0;
let repeats = 0;
let parked = 0;

/** Posts until somebody answers: a caller that lost the connection repeats under the same key. */
async function sendUntilAnswered(url: string, conversation: string, key: string): Promise<Sent> {
  const body = JSON.stringify({ conversation_id: conversation, content: `Message ${key}`, idempotency_key: key });
  for (;;) {
    try {
      const response = await fetch(`${url}/send`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      const text = await response.text();
      if (response.ok) return JSON.parse(text);
      if (response.status !== 503 && response.status !== 429) throw new Error(`send answered ${response.status}: ${text}`);
    } catch (error) {
      // `fetch` says TypeError when there was no answer at all.
      if (!(error instanceof TypeError)) throw error;
    }
    await wait(50);
  }
}

async function talk(url: string, conversation: string): Promise<void> {
  const ids = new Set<string>();
  accepted.set(conversation, ids);
  for (let round = 0; Date.now() < endAt; round += 1) {
    const key = `${conversation}-${round}`;
    const sent = await sendUntilAnswered(url, conversation, key);
    if (ids.has(sent.message_id)) problems.push(`${key}: got the id of another message`);
    ids.add(sent.message_id);
    if (randomInt(10) === 0) {
      repeats += 1;
      const again = await sendUntilAnswered(url, conversation, key);
      if (again.message_id !== sent.message_id || !again.duplicate) problems.push(`${key}: a repeat was taken for a new message`);
    }
    await wait(randomInt(PAUSE_MS.least, PAUSE_MS.most));
  }
}

async function readAnswers(
  url: string,
  conversation: string,
): Promise<{ counts: Map<string, number>; errors: FailedAnswer[]; idle: boolean }> {
  const counts = new Map<string, number>();
  const errors: FailedAnswer[] = [];
  for (let after = 0; ; ) {
    const response = await fetch(`${url}/poll/${conversation}?after=${after}&limit=200`);
    const page: Polled = JSON.parse(await response.text());
    for (const { type, in_reply_to: id = 'nothing', code = type } of page.messages) {
      counts.set(id, (counts.get(id) ?? 0) + 1);
      if (type === 'error') errors.push({ id, code });
    }
    if (page.messages.length === 0) return { counts, errors, idle: page.state === 'idle' };
    after = page.next_after;
  }
}

async function judge(url: string): Promise<void> {
  const giveUpAt = Date.now() + SETTLE_WITHIN_MS;
  for (const [conversation, ids] of accepted) {
    let answers = await readAnswers(url, conversation);
    while ((!answers.idle || answers.counts.size < ids.size) && Date.now() < giveUpAt) {
      await wait(200);
      answers = await readAnswers(url, conversation);
    }
    const failed = answers.errors.filter(({ code }) => code !== PARKED);
    parked += answers.errors.length - failed.length;
    problems.push(...failed.map(({ id, code }) => `${conversation}: ${id} was answered with the error ${code}`));
    for (const id of ids) {
      const count = answers.counts.get(id) ?? 0;
      if (count !== 1) problems.push(`${conversation}: ${id} has ${count} answers`);
    }
    for (const id of answers.counts.keys()) if (!ids.has(id)) problems.push(`${conversation}: an answer to ${id}, which nobody sent`);
  }
}

await runToEnd([join(repository, 'packages/server/bin/build.js')]);
await runToEnd([join(repository, 'node_modules/tsdown/dist/run.mjs'), '--log-level', 'warn'], {}, import.meta.dirname);
const folder = mkdtempSync(join(tmpdir(), 'spacebot-soak-'));
const model = await startModel();
const { webhookUrl, ...command } = await prepareDaemon(folder, model.url);
let daemon = await startProcess(command);
try {
  const talks = Promise.all(Array.from({ length: CONVERSATIONS }, (_, index) => talk(webhookUrl, `soak-${index}`)));
  while (Date.now() < endAt) {
    await wait(randomInt(KILL_AFTER_MS.least, KILL_AFTER_MS.most));
    await daemon.kill();
    kills += 1;
    daemon = await startProcess(command);
  }
  await talks;
  await judge(webhookUrl);
} finally {
  await daemon.stop();
  await model.stop();
}
const messages = [...accepted.values()].reduce((sum, ids) => sum + ids.size, 0);
process.stdout.write(`${JSON.stringify({ minutes, kills, messages, repeats, parked, problems: problems.length })}\n`);
for (const problem of problems.slice(0, 20)) process.stderr.write(`${problem}\n`);
if (problems.length === 0) rmSync(folder, { recursive: true, force: true });
else process.stderr.write(`the instance was kept: ${folder}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;
