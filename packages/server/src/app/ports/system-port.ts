/** How the instance is doing, in one answer; and the request to stop it. */

import type { InstanceState, Status } from '@spacebot/protocol/status';
import { type ConfigStore, issuesOf } from '../../config/store.ts';
import { type Clock, toIso } from '../../core/clock.ts';
import type { RunId } from '../../core/ids.ts';
import type { MessagingGateway } from '../../messaging/gateway.ts';
import type { SystemPort } from '../api-services.ts';
import type { OpenAgent, OpenAgents } from '../open-agents.ts';

export interface SystemDeps {
  readonly agents: OpenAgents;
  readonly gateway: MessagingGateway;
  readonly config: ConfigStore;
  readonly clock: Clock;
  readonly version: string;
  readonly runId: RunId;
  readonly startedAt: number;
  readonly instanceDir: string;
  readonly state: () => InstanceState;
  readonly url: () => string | null;
  readonly isPaused: () => boolean;
  readonly requestStop: SystemPort['requestStop'];
}

export function createSystemPort(deps: SystemDeps): SystemPort {
  return {
    readiness() {
      const state = deps.state();
      return state === 'running' ? 'ready' : state;
    },
    status: async () => statusOf(deps),
    async idle() {
      const turns = sum(deps.agents.all(), (agent) => agent.runtime.activeTurns);
      const queued = sum(deps.agents.all(), (agent) => agent.spine.countOpenTurns().waiting);
      const open = sum(deps.agents.all(), (agent) => agent.spine.countDeliveries().open);
      return {
        idle: turns === 0 && queued === 0 && open === 0,
        active_turns: turns,
        active_workers: 0,
        active_branches: 0,
        queued_messages: queued,
        next_cron_at: null,
      };
    },
    requestStop: (options) => deps.requestStop(options),
  };
}

function statusOf(deps: SystemDeps): Status {
  const agents = deps.agents.all();
  const snapshot = deps.config.current();
  const deliveries = agents.map((agent) => agent.spine.countDeliveries());
  return {
    state: deps.state(),
    version: deps.version,
    pid: process.pid,
    started_at: toIso(deps.startedAt),
    uptime_secs: Math.max(0, Math.round((deps.clock.now() - deps.startedAt) / 1000)),
    url: deps.url(),
    instance_dir: deps.instanceDir,
    run_id: deps.runId,
    paused: deps.isPaused(),
    agents: agents.map(agentStatus),
    adapters: deps.gateway.adapters.statuses().map((adapter) => ({
      key: adapter.key,
      platform: adapter.platform,
      instance: adapter.instance,
      state: adapter.state,
      last_error: adapter.lastError === null ? null : { ...adapter.lastError, at: toIso(adapter.lastError.at) },
    })),
    config: {
      path: snapshot.path,
      loaded_at: toIso(snapshot.loadedAt),
      hash: snapshot.revision,
      error: configError(deps.config),
      warnings: snapshot.issues.filter((issue) => issue.severity === 'warning').length,
      restart_required: [...snapshot.restartRequired],
    },
    queues: {
      inbox: sum(agents, (agent) => agent.spine.countOpenTurns().waiting),
      outbox: deliveries.reduce((total, count) => total + count.open, 0),
      dead_letters: deliveries.reduce((total, count) => total + count.dead, 0),
      approvals: 0,
    },
    embedding: { provider: snapshot.defaults.embedding.provider, model: snapshot.defaults.embedding.model, state: 'degraded' },
    sandbox: { mode: snapshot.defaults.sandbox.mode, available: false, backend: 'none' },
  };
}

/** The first error in the file that could not be loaded, warnings left out. */
function configError(config: ConfigStore): string | null {
  const error = config.lastError;
  if (!error) return null;
  const first = issuesOf(error).find((issue) => issue.severity === 'error');
  if (first === undefined || first.line === null) return error.publicMessage;
  return `${first.file}:${first.line}:${first.column}: ${first.message}`;
}

function agentStatus(agent: OpenAgent): Status['agents'][number] {
  return {
    id: agent.id,
    state: agent.spine.failure ? 'error' : agent.runtime.isPaused ? 'paused' : 'ready',
    active_turns: agent.runtime.activeTurns,
    active_workers: 0,
    active_branches: 0,
    error: agent.spine.failure?.publicMessage ?? null,
  };
}

function sum<Item>(items: readonly Item[], value: (item: Item) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
