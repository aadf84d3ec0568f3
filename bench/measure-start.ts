/** How long and how much CPU a start takes, the two subjects in turn so that a busy moment hits both. */

import { compare, median, printFigure } from './figures.ts';
import type { Model } from './model.ts';
import { cpuMs } from './processes.ts';
import { daemon, floor, type Subject } from './subjects.ts';

const ROUNDS = 7;

async function startOnce(subject: Subject, model: Model) {
  const running = await subject.start(model.url, false);
  const cpu = cpuMs(running.pid);
  await running.stop();
  return { wall: running.readyMs, cpu };
}

export async function measureStart(model: Model): Promise<void> {
  // One unmeasured start of each: files come into the page cache, a stale bundle is built.
  await startOnce(floor, model);
  await startOnce(daemon, model);
  const floors = [];
  const daemons = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    floors.push(await startOnce(floor, model));
    daemons.push(await startOnce(daemon, model));
  }
  for (const kind of ['wall', 'cpu'] as const) {
    const value = median(daemons.map((start) => start[kind]));
    printFigure(compare(`start_to_ready_${kind}`, 'ms', value, median(floors.map((start) => start[kind])), 2));
  }
}
