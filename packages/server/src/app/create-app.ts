/** The only place where things are put together: stores, agents, messaging and the ports of the API, in the order in which they depend on each other. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { InstanceState } from '@spacebot/protocol/status';
import { builtinAdapters } from '../adapters/index.ts';
import type { AgentServices } from '../agents/agent-runtime.ts';
import type { ConfigSnapshot } from '../config/snapshot.ts';
import { ConfigStore } from '../config/store.ts';
import { PromptTemplates } from '../conversations/prompt-templates.ts';
import { type Clock, systemClock } from '../core/clock.ts';
import type { StorageError } from '../core/errors.ts';
import { createIdGenerator, type RunId } from '../core/ids.ts';
import type { Logger } from '../core/logger.ts';
import { supervise } from '../core/supervise.ts';
import { createModelGateway } from '../llm/model-gateway.ts';
import { createProviderDirectory } from '../llm/providers/index.ts';
import { createTransport } from '../llm/transport.ts';

import { DeliveryEngine } from '../messaging/delivery.ts';
import { createMessagingGateway } from '../messaging/gateway.ts';
import { openApiTokenFile } from '../security/api-token.ts';
import { redact } from '../security/redact.ts';
import type { Doorbell } from '../storage/agent/unit.ts';
import { InstanceStore } from '../storage/instance/instance-store.ts';
import { Journal } from '../storage/instance/journal.ts';
import { ReplyStore } from '../storage/instance/reply-store.ts';
import { lockInstance } from '../storage/instance-lock.ts';
import { tools } from '../tools/index.ts';
import { createToolRunner } from '../tools/tool-runner.ts';
import { createApiServices } from './api-ports.ts';
import type { ApiServices, SystemPort } from './api-services.ts';
import type { AppOptions } from './app.ts';
import { createChannelControl } from './channel-control.ts';
import { EventLog } from './event-log.ts';
import { createGauges } from './gauges.ts';
import { LogFile } from './log-file.ts';
import { Maintenance } from './maintenance.ts';
import { MetricStore } from './metrics.ts';
import { createObserver } from './observer.ts';
import { OpenAgents } from './open-agents.ts';
import { PidFile } from './pid-file.ts';

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
  /** Takes nothing new from now on; running turns get the time (milliseconds), then everything is saved. */
  drain(timeoutMs: number): Promise<void>;
  /** Closes the files and frees the lock. */
  close(): void;
  readonly state: () => InstanceState;
}

export interface AppHooks {
  /** A stop was asked for through the API. */
  readonly onStopRequested: SystemPort['requestStop'];
}

/** Throws `already_running`, `config_invalid` or `storage_error`; whatever was opened is closed again. */
export async function createApp(options: AppOptions, hooks: AppHooks): Promise<RunningApp> {
  const lock = lockInstance(options.instanceDir);
  const closers: (() => void)[] = [() => lock.release()];
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

async function assemble(options: AppOptions, hooks: AppHooks, closers: (() => void)[], closeAll: () => void): Promise<RunningApp> {
  const { instanceDir } = options;
  const clock = options.clock ?? systemClock;
  const newId = createIdGenerator(clock);
  const runId = newId<RunId>();
  const startedAt = clock.now();
  const version = readVersion(options.packageRoot);
  const terminal = options.logToTerminal ? { write: (line: string) => void process.stderr.write(line) } : null;
  const logFile = new LogFile({ instanceDir, runId, clock, terminal, scrub: redact });
  closers.push(() => logFile.close());
  const log = logFile.logger('app');

  const config = new ConfigStore({
    instanceDir,
    configPath: options.configFile,
    environment: options.environment,
    clock,
    newId,
    log: log.component('config'),
  });
  const snapshot = await config.load();
  configureLog(logFile, snapshot);
  for (const issue of snapshot.issues)
    if (issue.severity === 'warning') log.warn(`configuration: ${issue.message}`, { fields: { path: issue.path } });

  let phase: 'starting' | 'open' | 'stopping' = 'starting';
  let url: string | null = null;
  const onFailure = (where: string) => (error: StorageError) => log.error(`a store refuses writes: ${where}`, { error });
  const instance = new InstanceStore(instanceDir, clock, onFailure('instance'));
  closers.push(() => instance.close());
  const boot = instance.recordBoot(runId);
  const pidFile = new PidFile(instanceDir);
  pidFile.write();
  closers.push(() => pidFile.remove());

  const journal = new Journal(instance.path, instance.database, { clock, crashed: boot.crashed, onFailure: onFailure('journal') });
  closers.push(() => journal.close());
  const events = new EventLog(journal, (agentId) => agents.findSpine(agentId), clock, log.component('events'));
  closers.push(() => events.close());

  const transport = createTransport(clock);
  closers.push(() => transport.close());
  const directory = createProviderDirectory({ config: () => config.current(), transport, clock, demo: options.demo });
  const gateway = createModelGateway({ directory, clock, random: Math.random, log: log.component('llm') });
  const metrics = new MetricStore(() => gauges());
  const templates = new PromptTemplates(instanceDir, log.component('prompts'));

  const services: AgentServices = {
    gateway,
    runner: createToolRunner(tools, clock, log.component('tools')),
    clock,
    newId,
    metrics,
    log,
    emit: (signal) => events.signal(signal),
    snapshot: () => config.current(),
    signalPlace: (address, signal) => delivery.signal(address, signal),
  };
  const doorbellFor = (agentId: string): Doorbell => ({
    events: () => events.ring(agentId),
    turnReady: (conversationId, dueAt) => agents.get(agentId)?.runtime.wake(conversationId, dueAt),
    outbox: (adapterKey, conversationId) => delivery.outbox(agentId, adapterKey, conversationId),
    turnEnded: (turnId) => messaging.turnMoved(agentId, turnId),
  });
  const agents: OpenAgents = new OpenAgents({
    services,
    templates,
    instance,
    newId,
    runId,
    log,
    crashed: boot.crashed,
    doorbellFor,
    onFailure: (agentId, error) => onFailure(`agent ${agentId}`)(error),
  });
  closers.push(() => {
    for (const agent of agents.all()) agent.spine.close();
  });

  const replies = new ReplyStore(instance.database, clock);
  const trustedNames = () => {
    const { allowed_hosts, allowed_origins } = config.current().values.api;
    return { hosts: allowed_hosts, origins: allowed_origins };
  };
  const channels = createChannelControl(agents, gateway);
  const observer = createObserver({ metrics, events, instance, log, newId });
  const messaging = createMessagingGateway({
    clock,
    random: Math.random,
    newId,
    log: log.component('messaging'),
    config: () => config.current(),
    agents,
    channels,
    owners: {
      register: (adapterKey, conversationId, agentId) => instance.registerOwner(adapterKey, conversationId, agentId),
      agentsOf: (adapterKey, conversationId) => instance.owners(adapterKey, conversationId),
    },
    observer,
    definitions: builtinAdapters({ replies, trustedNames }),
  });
  const delivery: DeliveryEngine = new DeliveryEngine({
    clock,
    random: Math.random,
    runId,
    log: log.component('delivery'),
    agents,
    adapters: messaging.adapters,
    observer,
    turnMoved: (agentId, turnId) => messaging.turnMoved(agentId, turnId),
  });
  const maintenance = new Maintenance({ clock, log: log.component('maintenance'), instance, journal, agents });
  closers.push(() => maintenance.stop());
  const gauges = createGauges({ agents, messaging, version, startedAt, clock });

  for (const agent of snapshot.agents) await agents.open(agent);
  for (const agent of agents.all()) await events.catchUp(agent.id, agent.spine);

  const state = (): InstanceState => {
    if (phase !== 'open') return phase === 'starting' ? 'starting' : 'stopping';
    if (instance.database.failure || agents.all().some((agent) => agent.spine.failure)) return 'degraded';
    return directory.defaultModel() === null && !routesAModel(config.current()) ? 'setup' : 'running';
  };
  let settled: Promise<void> = Promise.resolve();
  const carryOut = async (next: ConfigSnapshot): Promise<void> => {
    const { added, removed } = agents.compare(next);
    const announce = (agentId: string, state: 'created' | 'deleted') =>
      events.append({ type: 'agent_state', agentId, data: { agent_id: agentId, state, previous: null } });
    for (const agent of added) {
      await agents.open(agent);
      if (phase === 'open') agents.get(agent.id)?.runtime.resumeAll();
      announce(agent.id, 'created');
    }
    await messaging.adapters.reconcile(next);
    await Promise.all(removed.map((id) => agents.close(id).then(() => announce(id, 'deleted'))));
  };
  config.subscribe((next, _previous, change) => {
    configureLog(logFile, next);
    metrics.count('config_reloads_total', { result: 'ok' });
    events.append({
      type: 'config_reloaded',
      agentId: null,
      data: { changed: change.changed, restart_required: change.restartRequired, issues: change.issues },
    });
    settled = settled.catch(() => {}).then(() => carryOut(next));
    supervise(log, 'configuration change', settled);
  });
  config.subscribeFailures((issues) => {
    metrics.count('config_reloads_total', { result: 'failed' });
    events.append({ type: 'config_reload_failed', agentId: null, data: { issues } });
    for (const issue of issues)
      if (issue.severity === 'error') log.error(`configuration: ${issue.file}:${issue.line}:${issue.column}: ${issue.message}`);
  });

  const token = openApiTokenFile(join(instanceDir, 'data', 'api.token'));
  const ownToken = config.current().values.api.auth_token ?? null;
  if (ownToken !== null) token.remove();
  const newToken = ownToken === null ? token.load() : null;

  const apiServices = createApiServices({
    instanceDir,
    version,
    clock,
    newId,
    runId,
    startedAt,
    log,
    config,
    instance,
    agents,
    events,
    metrics,
    messaging,
    modelGateway: gateway,
    channels,
    token,
    state,
    url: () => url,
    settled: () => settled,
    requestStop: hooks.onStopRequested,
  });

  return {
    services: apiServices,
    config,
    log,
    clock,
    firstStart: boot.isFirst,
    newToken: newToken?.created ? newToken.token : null,
    state,
    async open(listening) {
      url = listening;
      phase = 'open';
      config.startWatching();
      await messaging.adapters.reconcile(config.current());
      delivery.start();
      for (const agent of agents.all()) agent.runtime.resumeAll();
      maintenance.start();
      supervise(log, 'boot record', instance.recordReady(runId));
      log.info('spacebot is ready', { fields: { state: state(), url } });
    },
    async drain(timeoutMs) {
      phase = 'stopping';
      config.stopWatching();
      messaging.stopIntake();
      await Promise.all(agents.all().map((agent) => agent.runtime.stop(timeoutMs)));
      await delivery.stop();
      await messaging.stop();
      for (const agent of agents.all()) await events.catchUp(agent.id, agent.spine).catch(() => {});
      await Promise.all(agents.all().map((agent) => agent.settings.close()));
    },
    close() {
      try {
        instance.recordCleanEnd(runId);
        log.info('spacebot has stopped');
      } finally {
        closeAll();
      }
    },
  };
}

function readVersion(packageRoot: string): string {
  const manifest = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string };
  return manifest.version;
}

function configureLog(logFile: LogFile, snapshot: ConfigSnapshot): void {
  const { level, format, retention_days } = snapshot.values.logging;
  logFile.configure({ level, format, retentionDays: retention_days });
}

/** A custom provider has no default model; naming one in the routing is enough to run. */
function routesAModel(snapshot: ConfigSnapshot): boolean {
  return snapshot.agents.some((agent) => {
    const provider = agent.settings.routing.channel?.split('/', 1)[0];
    return provider !== undefined && snapshot.values.llm.provider[provider]?.api_key !== undefined;
  });
}
