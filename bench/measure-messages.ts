/** What messages cost: time and CPU added beside the model's own, throughput, memory and event-loop delay, from one running process. */

import { existsSync, readFileSync, rmSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { compare, limit, percentile, printFigure } from './figures.ts';
import type { Exchange, LoadOptions } from './load-options.ts';
import type { Model } from './model.ts';
import type { ProbeReport } from './probe-report.ts';
import { cpuMs, runToEnd, settledRssMiB } from './processes.ts';
import { built, daemon, floor, type Running, type Subject } from './subjects.ts';

const WARM_UP = 30;
const ONE_AT_A_TIME = 300;
const AT_ONCE = 50;
const BUSY = 2000;
const FURTHER = 1000;
/** What is still reachable after a collection may grow by this much and count as flat. */
const FLAT_MIB = 4;

type MessageFigures = Awaited<ReturnType<typeof measureSubject>>;

async function sendLoad(running: Running, options: Omit<LoadOptions, 'url'>): Promise<readonly Exchange[]> {
  return JSON.parse(await runToEnd([built('load')], { LOAD: JSON.stringify({ ...options, url: running.webhookUrl }) }));
}

/** Each exchange's time without the model calls that fell into it. */
async function addedTimes(model: Model, exchanges: readonly Exchange[]): Promise<number[]> {
  const calls = await model.takeCalls();
  return exchanges.map(({ from, to }) => {
    const inside = calls.filter((call) => call.from >= from && call.from < to);
    if (inside.length === 0) throw new Error('an answer came without a model call');
    return to - from - inside.reduce((sum, call) => sum + Math.min(call.to, to) - call.from, 0);
  });
}

async function askProbe(running: Running): Promise<ProbeReport> {
  rmSync(running.probeFile, { force: true });
  process.kill(running.pid, 'SIGUSR2');
  while (!existsSync(running.probeFile)) await wait(20);
  return JSON.parse(readFileSync(running.probeFile, 'utf8'));
}

async function measureOneAtATime(running: Running, model: Model) {
  const [first] = await addedTimes(model, await sendLoad(running, { conversations: 1, messages: 1, prefix: 'first' }));
  await sendLoad(running, { conversations: 1, messages: WARM_UP, prefix: 'warm' });
  await model.takeCalls();
  const cpuBefore = cpuMs(running.pid);
  const times: number[] = [];
  // Ten conversations one after the other, so that none grows longer than those under load.
  for (let index = 0; index < 10; index += 1) {
    const exchanges = await sendLoad(running, { conversations: 1, messages: ONE_AT_A_TIME / 10, prefix: `single-${index}` });
    times.push(...(await addedTimes(model, exchanges)));
  }
  const cpu = (cpuMs(running.pid) - cpuBefore) / ONE_AT_A_TIME;
  return { first: first ?? Number.NaN, addedP50: percentile(times, 0.5), addedP95: percentile(times, 0.95), cpu };
}

async function measureGrowth(running: Running) {
  // The probe has just collected everything: the heap first grows back to the size it works at.
  await sendLoad(running, { conversations: AT_ONCE, messages: FURTHER, prefix: 'busy' });
  const before = await settledRssMiB(running.pid);
  await sendLoad(running, { conversations: AT_ONCE, messages: FURTHER, prefix: 'busy' });
  return { growth: (await settledRssMiB(running.pid)) - before };
}

async function measureAtOnce(running: Running) {
  await askProbe(running);
  const firstHalf = await sendLoad(running, { conversations: AT_ONCE, messages: BUSY / 2, prefix: 'busy' });
  const middle = await askProbe(running);
  const secondHalf = await sendLoad(running, { conversations: AT_ONCE, messages: BUSY / 2, prefix: 'busy' });
  const end = await askProbe(running);
  const times = [...firstHalf, ...secondHalf].map(({ from, to }) => to - from);
  return {
    throughput: (times.length * 1000) / (span(firstHalf) + span(secondHalf)),
    p95: percentile(times, 0.95),
    loopDelay: Math.max(middle.loop_delay_p99_ms, end.loop_delay_p99_ms),
    liveGrowth: end.live_mib - middle.live_mib,
  };
}

/** Milliseconds from the first message sent to the last answered. */
function span(exchanges: readonly Exchange[]): number {
  return Math.max(...exchanges.map(({ to }) => to)) - Math.min(...exchanges.map(({ from }) => from));
}

async function measureSubject(subject: Subject, model: Model) {
  const running = await subject.start(model.url, true);
  try {
    const idle = await settledRssMiB(running.pid);
    const single = await measureOneAtATime(running, model);
    return { idle, ...single, ...(await measureAtOnce(running)), ...(await measureGrowth(running)) };
  } finally {
    await running.stop();
  }
}

export async function measureMessages(model: Model): Promise<void> {
  const bare = await measureSubject(floor, model);
  const full = await measureSubject(daemon, model);
  printFigure(compare('idle_rss', 'MiB', full.idle, bare.idle, 1.8));
  printFigure(compare('message_added_p50', 'ms', full.addedP50, bare.addedP50, 2.5));
  printFigure({ ...limit('message_added_p95', 'ms', full.addedP95, full.addedP50 * 3, bare.addedP95), target: 'at most 3x its own p50' });
  printFigure(limit('message_cpu', 'ms', full.cpu, 8, bare.cpu));
  printFigure(limit('first_message_added', 'ms', full.first, 150, bare.first));
  printAtOnce(full, bare);
}

function printAtOnce(full: MessageFigures, bare: MessageFigures): void {
  printFigure({
    figure: 'throughput_50_conversations',
    value: full.throughput,
    unit: 'messages/s',
    floor: bare.throughput,
    target: 'at least 120 messages/s',
    ok: full.throughput >= 120,
  });
  printFigure(limit('p95_50_conversations', 'ms', full.p95, 600, bare.p95));
  printFigure(limit('rss_growth_1000_messages', 'MiB', full.growth, 40, bare.growth));
  printFigure(limit('live_memory_growth_last_1000_messages', 'MiB', full.liveGrowth, FLAT_MIB, bare.liveGrowth));
  printFigure(limit('event_loop_delay_p99', 'ms', full.loopDelay, 30, bare.loopDelay));
}
