/** Keeps the configured adapters running: each on its own, restarted with growing delays, added, rebuilt and removed while everything else goes on. */

import type { ConfigSnapshot } from '../config/snapshot.ts';
import type { Clock, Random } from '../core/clock.ts';
import { sleep } from '../core/clock.ts';
import { AppError, CancelledError, DeliveryError } from '../core/errors.ts';
import type { AdapterKey } from '../core/ids.ts';
import type { Logger } from '../core/logger.ts';
import type { AdapterDefinition, AdapterHost, MessagingAdapter } from '../core/messaging-adapter.ts';
import { supervise } from '../core/supervise.ts';
import { type DesiredAdapter, desiredAdapters, type EnabledInstance } from './desired-adapters.ts';
import type { AdapterAccess, AdapterFailure, AdapterState, AdapterStateChange } from './ports.ts';

const FIRST_DELAY_MS = 5_000;
const LONGEST_DELAY_MS = 60_000;
/** States in which an adapter takes what is to be sent. */
const READY: ReadonlySet<AdapterState> = new Set(['connected', 'degraded']);

/** What the host does for one adapter; the supervisor adds the reporting of its state. */
export type AdapterServices = Omit<AdapterHost, 'reportState'>;

export interface SupervisorDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly definitions: readonly AdapterDefinition<unknown>[];
  readonly servicesFor: (key: AdapterKey) => AdapterServices;
  readonly onState: (change: AdapterStateChange) => void;
}

export interface AdapterStatus {
  readonly key: AdapterKey;
  readonly platform: string;
  readonly instance: string | null;
  readonly state: AdapterState;
  readonly lastError: (AdapterFailure & { readonly at: number }) | null;
  /** Milliseconds; `null` before the first. */
  readonly connectedAt: number | null;
  readonly lastEventAt: number | null;
  readonly reconnects: number;
  readonly capabilities: MessagingAdapter['capabilities'] | null;
}

const NEVER_RAN = {
  state: 'unsupported',
  lastError: null,
  connectedAt: null,
  lastEventAt: null,
  reconnects: 0,
  capabilities: null,
} as const;

interface RunningAdapter {
  readonly desired: DesiredAdapter;
  readonly stop: AbortController;
  adapter: MessagingAdapter | null;
  done: Promise<void>;
  state: AdapterState;
  lastError: AdapterStatus['lastError'];
  connectedAt: number | null;
  lastEventAt: number | null;
  reconnects: number;
  delayMs: number;
}

export class AdapterSupervisor implements AdapterAccess {
  readonly #deps: SupervisorDeps;
  readonly #running = new Map<AdapterKey, RunningAdapter>();
  #unsupported: readonly EnabledInstance[] = [];
  readonly #readyListeners: ((key: AdapterKey) => void)[] = [];
  /** One change after the other, so that two configurations never start the same adapter twice. */
  #changing: Promise<void> = Promise.resolve();

  constructor(deps: SupervisorDeps) {
    this.#deps = deps;
  }

  /** Makes what runs equal to what the configuration wants; only what changed is touched, and nothing waits for a connect. */
  reconcile(snapshot: ConfigSnapshot): Promise<void> {
    this.#changing = this.#changing.catch(() => {}).then(() => this.#apply(snapshot));
    return this.#changing;
  }

  async #apply(snapshot: ConfigSnapshot): Promise<void> {
    const { supported, unsupported } = desiredAdapters(snapshot, this.#deps.definitions);
    const desired = new Map(supported.map((adapter) => [adapter.key, adapter]));
    this.#unsupported = unsupported;
    const outdated = [...this.#running.values()].filter(
      (running) => desired.get(running.desired.key)?.fingerprint !== running.desired.fingerprint,
    );
    await Promise.all(outdated.map((running) => this.#remove(running)));
    for (const adapter of desired.values()) if (!this.#running.has(adapter.key)) this.#start(adapter);
  }

  /** Ends every adapter and resolves when all have let go of their sockets. */
  async stop(): Promise<void> {
    await this.#changing.catch(() => {});
    await Promise.all([...this.#running.values()].map((running) => this.#remove(running)));
  }

  get(key: AdapterKey): { adapter: MessagingAdapter; isReady: boolean } | undefined {
    const running = this.#running.get(key);
    if (!running?.adapter) return undefined;
    return { adapter: running.adapter, isReady: READY.has(running.state) };
  }

  /** What runs, and what is enabled but has no adapter here. */
  statuses(): AdapterStatus[] {
    const running = [...this.#running.values()].map((running) => ({
      key: running.desired.key,
      platform: running.desired.platform,
      instance: running.desired.instance,
      state: running.state,
      lastError: running.lastError,
      connectedAt: running.connectedAt,
      lastEventAt: running.lastEventAt,
      reconnects: running.reconnects,
      capabilities: running.adapter?.capabilities ?? null,
    }));
    return [...running, ...this.#unsupported.map((enabled) => ({ ...enabled, ...NEVER_RAN }))];
  }

  onReady(listener: (key: AdapterKey) => void): void {
    this.#readyListeners.push(listener);
  }

  authFailed(key: AdapterKey, failure: AdapterFailure): void {
    const running = this.#running.get(key);
    if (!running) return;
    this.#setState(running, 'auth_failed', failure);
    running.stop.abort(new CancelledError());
  }

  /** Real traffic came in: the next restart begins with the short delay again. */
  trafficSeen(key: AdapterKey): void {
    const running = this.#running.get(key);
    if (!running) return;
    running.lastEventAt = this.#deps.clock.now();
    running.delayMs = FIRST_DELAY_MS;
  }

  #start(desired: DesiredAdapter): void {
    const running: RunningAdapter = {
      desired,
      stop: new AbortController(),
      adapter: null,
      done: Promise.resolve(),
      state: 'stopped',
      lastError: null,
      connectedAt: null,
      lastEventAt: null,
      reconnects: 0,
      delayMs: FIRST_DELAY_MS,
    };
    this.#running.set(desired.key, running);
    running.done = this.#keepRunning(running);
    supervise(this.#deps.log, `adapter ${desired.key}`, running.done);
  }

  async #remove(running: RunningAdapter): Promise<void> {
    running.stop.abort(new CancelledError());
    await running.done.catch(() => {});
    this.#setState(running, 'stopped', null);
    this.#running.delete(running.desired.key);
  }

  async #keepRunning(running: RunningAdapter): Promise<void> {
    const { signal } = running.stop;
    while (!signal.aborted) {
      const failure = await this.#runOnce(running, signal);
      if (signal.aborted) return;
      running.reconnects += 1;
      const stopsForGood = failure instanceof DeliveryError && failure.kind === 'unauthorized';
      this.#setState(running, stopsForGood ? 'auth_failed' : 'error', toFailure(failure));
      if (stopsForGood) return;
      this.#deps.log.warn(`adapter ${running.desired.key} stopped and is started again`, { error: failure });
      await sleep(this.#deps.clock, running.delayMs * (1 + this.#deps.random() / 4), signal).catch(() => {});
      running.delayMs = Math.min(running.delayMs * 2, LONGEST_DELAY_MS);
    }
  }

  async #runOnce(running: RunningAdapter, signal: AbortSignal): Promise<unknown> {
    const { key, definition, settings } = running.desired;
    this.#setState(running, 'starting', null);
    try {
      running.adapter = definition.create(key, settings, this.#hostFor(running));
      await running.adapter.run(signal);
      return new DeliveryError('transient', 'platform_unreachable', 'The adapter ended by itself.');
    } catch (error) {
      return error;
    }
  }

  #hostFor(running: RunningAdapter): AdapterHost {
    return {
      ...this.#deps.servicesFor(running.desired.key),
      reportState: (state, error) => {
        if (!running.stop.signal.aborted) this.#setState(running, state, error ?? null);
      },
    };
  }

  #setState(running: RunningAdapter, state: AdapterState, error: AdapterFailure | null): void {
    const previous = running.state;
    const now = this.#deps.clock.now();
    if (error) running.lastError = { ...error, at: now };
    if (state === previous) return;
    running.state = state;
    if (state === 'connected') running.connectedAt = now;
    this.#deps.onState({ key: running.desired.key, state, previous, error });
    if (READY.has(state) && !READY.has(previous)) for (const listener of this.#readyListeners) listener(running.desired.key);
  }
}

function toFailure(error: unknown): AdapterFailure {
  if (error instanceof AppError) return { code: error.code, message: error.publicMessage };
  return { code: 'internal', message: 'The adapter failed unexpectedly; the log says more.' };
}
