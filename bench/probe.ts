/** Preloaded into the process under test: on SIGUSR2 it reports event-loop delay and live memory to a file, then counts anew. */

import { renameSync, writeFileSync } from 'node:fs';
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { isMainThread } from 'node:worker_threads';
import { requireEnvironment } from './environment.ts';
import type { ProbeReport } from './probe-report.ts';

async function liveMiB(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  // Twice, with rests: what a finalizer lets go of is free only after the next collection.
  for (let round = 0; round < 2; round += 1) {
    await wait(500);
    if (typeof collect === 'function') collect();
  }
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1024 / 1024;
}

async function report(file: string, delay: IntervalHistogram): Promise<void> {
  const loopDelay = delay.percentile(99) / 1e6;
  const content: ProbeReport = { loop_delay_p99_ms: loopDelay, live_mib: await liveMiB() };
  writeFileSync(`${file}.part`, JSON.stringify(content));
  renameSync(`${file}.part`, file);
  delay.reset();
}

if (isMainThread) {
  const file = requireEnvironment('SPACEBOT_BENCH_PROBE');
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  process.on('SIGUSR2', () => {
    report(file, delay).catch((error: unknown) => console.error(error));
  });
}
