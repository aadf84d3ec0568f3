/** Housekeeping beside the work: write-ahead logs are folded in by a thread of its own, kept rows are bounded, a full disk is tried again. */

import { statSync } from 'node:fs';
import type { Worker } from 'node:worker_threads';
import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/logger.ts';
import { supervise } from '../core/supervise.ts';
import { startWorker } from '../core/worker-thread.ts';
import type { InstanceStore } from '../storage/instance/instance-store.ts';
import type { Journal } from '../storage/instance/journal.ts';
import type { EventLog } from './event-log.ts';
import type { OpenAgents } from './open-agents.ts';

export interface MaintenanceDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly instance: InstanceStore;
  readonly journal: Journal;
  readonly agents: OpenAgents;
  readonly events: EventLog;
}

const LOOK_MS = 1_000;
/** A log of this size is worth a checkpoint. */
const CHECKPOINT_BYTES = 4 * 1024 * 1024;
/** The thread is let go after this many looks without work, because it costs memory. */
const IDLE_LOOKS = 30;
const SWEEP_EVERY = 600;
const PROBE_EVERY = 5;

export class Maintenance {
  readonly #deps: MaintenanceDeps;
  #cancel: (() => void) | null = null;
  #worker: Worker | null = null;
  #looks = 0;
  #idleLooks = 0;

  constructor(deps: MaintenanceDeps) {
    this.#deps = deps;
  }

  start(): void {
    this.#cancel ??= this.#deps.clock.schedule(LOOK_MS, () => {
      this.#cancel = null;
      this.#look();
      this.start();
    });
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
    const worker = this.#worker;
    this.#worker = null;
    if (worker) supervise(this.#deps.log, 'checkpoint thread', worker.terminate());
  }

  #look(): void {
    this.#looks += 1;
    const due = this.#paths().filter((path) => walSize(path) > CHECKPOINT_BYTES);
    if (due.length > 0) this.#checkpoint(due);
    else this.#restAfterWork();
    if (this.#looks % SWEEP_EVERY === 0) supervise(this.#deps.log, 'sweep', this.#sweep());
    if (this.#looks % PROBE_EVERY === 0) this.#probeFailed();
  }

  /** Bounded steps, each a commit of its own, so that work goes on between them. */
  async #sweep(): Promise<void> {
    while ((await this.#deps.journal.sweep()) > 0);
    for (const agent of this.#deps.agents.all()) while ((await agent.spine.sweep()) > 0);
  }

  #paths(): string[] {
    return [this.#deps.instance.path, ...this.#deps.agents.all().map((agent) => agent.spine.path)];
  }

  #checkpoint(paths: readonly string[]): void {
    this.#idleLooks = 0;
    if (!this.#worker) {
      const worker = startWorker('checkpoint');
      worker.unref();
      worker.on('error', (error) => {
        this.#deps.log.error('the checkpoint thread failed', { error });
        this.#worker = null;
      });
      this.#worker = worker;
    }
    this.#worker.postMessage(paths);
  }

  #restAfterWork(): void {
    if (!this.#worker) return;
    this.#idleLooks += 1;
    if (this.#idleLooks < IDLE_LOOKS) return;
    supervise(this.#deps.log, 'checkpoint thread', this.#worker.terminate());
    this.#worker = null;
  }

  /** A disk that was full takes writes again some day; what waited then goes on. */
  #probeFailed(): void {
    const { instance, journal, agents, events, log } = this.#deps;
    if (instance.database.failure && instance.database.probe()) log.info('the instance store takes writes again');
    if (journal.failure && journal.probe()) for (const agent of agents.all()) events.ring(agent.id);
    for (const agent of agents.all()) {
      if (!agent.spine.failure || !agent.spine.probe()) continue;
      log.info('the store takes writes again', { agent_id: agent.id });
      supervise(log, 'resume after an outage', agent.runtime.resumeAfterOutage());
    }
  }
}

function walSize(path: string): number {
  return statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0;
}
