/** The only place where things are put together: foundation, parts, ports of the API; and the life of the whole: open, drain, close. */

import { join } from 'node:path';
import type { InstanceState } from '@spacebot/protocol/status';
import type { ConfigSnapshot } from '../config/snapshot.ts';
import type { ConfigStore } from '../config/store.ts';
import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/logger.ts';
import { supervise } from '../core/supervise.ts';
import { type ApiTokenFile, openApiTokenFile } from '../security/api-token.ts';
import { lockInstance } from '../storage/instance-lock.ts';
import { createApiServices } from './api-ports.ts';
import type { ApiServices, SystemPort } from './api-services.ts';
import type { AppOptions } from './app.ts';
import { followConfig } from './follow-config.ts';
import { type Closers, type Foundation, openFoundation } from './foundation.ts';
import { createParts, type Parts } from './parts.ts';

/** Everything below the HTTP API, running. */
export interface RunningApp {
  readonly services: ApiServices;
  readonly config: ConfigStore;
  readonly log: Logger;
  readonly clock: Clock;
  readonly firstStart: boolean;
  /** The API token, when this start made it. */
  readonly newToken: string | null;
  /** The API listens; adapters connect, turns and sends begin. */
  open(url: string | null): Promise<void>;
  /** Says on the event streams that it stops, takes nothing new from now on; running turns get the time, then everything is saved. */
  drain(options: DrainOptions): Promise<void>;
  /** Closes the files and frees the lock. */
  close(): void;
  readonly state: () => InstanceState;
}

export interface DrainOptions {
  readonly timeoutMs: number;
  readonly restart: boolean;
}

export interface AppHooks {
  /** A stop was asked for through the API. */
  readonly onStopRequested: SystemPort['requestStop'];
}

/** Throws `already_running`, `config_invalid` or `storage_error`; whatever was opened is closed again. */
export async function createApp(options: AppOptions, hooks: AppHooks): Promise<RunningApp> {
  // Whatever the daemon makes, the files of SQLite among them, is its owner's alone.
  process.umask(0o077);
  const lock = lockInstance(options.instanceDir);
  const closers: Closers = [() => lock.release()];
  const closeAll = () => {
    for (const close of closers.splice(0).reverse()) close();
  };
  try {
    return await assemble(options, hooks, closers, closeAll);
  } catch (error) {
    closeAll();
    throw error;
  }
}

async function assemble(options: AppOptions, hooks: AppHooks, closers: Closers, closeAll: () => void): Promise<RunningApp> {
  const base = await openFoundation(options, closers);
  const parts = createParts(base, closers);
  await openAgents(base, parts);
  const life: Life = { phase: 'starting', url: null };
  const state = () => stateOf(base, parts, life);
  const settled = followConfig(base, parts, () => life.phase === 'open');
  const { token, newToken } = prepareToken(base);
  const { gateway: modelGateway, ...rest } = parts;
  const services = createApiServices({
    ...base,
    ...rest,
    modelGateway,
    token,
    state,
    url: () => life.url,
    settled,
    requestStop: hooks.onStopRequested,
  });
  return {
    services,
    config: base.config,
    log: base.log,
    clock: base.clock,
    firstStart: base.boot.isFirst,
    newToken,
    state,
    open: (url) => open(base, parts, life, { url, state }),
    drain: (ending) => drain(base, parts, life, ending),
    close: () => close(base, closeAll),
  };
}

interface Life {
  phase: 'starting' | 'open' | 'stopping';
  url: string | null;
}

async function openAgents({ config }: Foundation, { agents, events }: Parts): Promise<void> {
  for (const agent of config.current().agents) await agents.open(agent);
  for (const agent of agents.all()) await events.catchUp(agent.id, agent.spine);
}

function stateOf({ instance, config }: Foundation, { agents, directory }: Parts, life: Life): InstanceState {
  if (life.phase !== 'open') return life.phase === 'starting' ? 'starting' : 'stopping';
  if (instance.database.failure || agents.all().some((agent) => agent.spine.failure)) return 'degraded';
  return directory.defaultModel() === null && !routesAModel(config.current()) ? 'setup' : 'running';
}

/** A custom provider has no default model; naming one in the routing is enough to run. */
function routesAModel(snapshot: ConfigSnapshot): boolean {
  return snapshot.agents.some((agent) => {
    const provider = agent.settings.routing.channel?.split('/', 1)[0];
    return provider !== undefined && snapshot.values.llm.provider[provider]?.api_key !== undefined;
  });
}

/** The configured token counts alone; without one, a file holds a token that the first start makes. */
function prepareToken({ instanceDir, config }: Foundation): { token: ApiTokenFile; newToken: string | null } {
  const token = openApiTokenFile(join(instanceDir, 'data', 'api.token'));
  if (config.current().values.api.auth_token !== undefined) {
    token.remove();
    return { token, newToken: null };
  }
  const loaded = token.load();
  return { token, newToken: loaded.created ? loaded.token : null };
}

async function open(
  { config, instance, runId, log }: Foundation,
  { messaging, delivery, agents, maintenance }: Parts,
  life: Life,
  { url, state }: { url: string | null; state: () => InstanceState },
): Promise<void> {
  life.url = url;
  life.phase = 'open';
  config.startWatching();
  await messaging.adapters.reconcile(config.current());
  delivery.start();
  for (const agent of agents.all()) agent.runtime.resumeAll();
  maintenance.start();
  supervise(log, 'boot record', instance.recordReady(runId));
  log.info('spacebot is ready', { fields: { state: state(), url } });
}

async function drain({ config }: Foundation, parts: Parts, life: Life, { timeoutMs, restart }: DrainOptions): Promise<void> {
  const { messaging, delivery, agents, events } = parts;
  life.phase = 'stopping';
  events.announceStop(restart);
  config.stopWatching();
  messaging.stopIntake();
  await Promise.all(agents.all().map((agent) => agent.runtime.stop(timeoutMs)));
  await delivery.stop();
  await messaging.stop();
  for (const agent of agents.all()) await events.catchUp(agent.id, agent.spine).catch(() => {});
  await Promise.all(agents.all().map((agent) => agent.settings.close()));
}

function close({ instance, runId, log }: Foundation, closeAll: () => void): void {
  try {
    instance.recordCleanEnd(runId);
    log.info('spacebot has stopped');
  } finally {
    closeAll();
  }
}
