/** Starts one of our worker threads, from source (through tsx) and from the bundle alike. */

import { Worker, type WorkerOptions } from 'node:worker_threads';

export type WorkerName = 'checkpoint';

export function startWorker(name: WorkerName, options: WorkerOptions = {}): Worker {
  const url = import.meta.resolve(`#workers/${name}`);
  if (url.endsWith('.js')) return new Worker(new URL(url), options);
  // `--import tsx` has no effect in a thread on Node 20, so the thread registers it by itself.
  const loader = JSON.stringify(import.meta.resolve('tsx/esm/api'));
  const code = `import(${loader}).then((tsx) => { tsx.register(); return import(${JSON.stringify(url)}); });`;
  return new Worker(code, { ...options, eval: true, execArgv: ['--conditions=source'] });
}
