/** The object of ports that the HTTP API is given, made of what the app has. */

import type { InstanceState } from '@spacebot/protocol/status';
import type { ConfigSnapshot } from '../config/snapshot.ts';
import type { ConfigStore } from '../config/store.ts';
import type { Clock } from '../core/clock.ts';
import type { NewId, RunId } from '../core/ids.ts';
import type { Logger } from '../core/logger.ts';
import type { ModelGateway } from '../llm/model-gateway.ts';
import type { ProviderDirectory } from '../llm/providers/index.ts';
import type { MessagingGateway } from '../messaging/gateway.ts';
import type { ChannelControl } from '../messaging/ports.ts';
import type { ApiTokenFile } from '../security/api-token.ts';
import type { InstanceStore } from '../storage/instance/instance-store.ts';
import type { ApiServices, ApiSettings, SystemPort } from './api-services.ts';
import { planFor } from './channel-control.ts';
import type { EventLog } from './event-log.ts';
import type { MetricStore } from './metrics.ts';
import type { OpenAgents } from './open-agents.ts';
import type { PauseSwitch } from './pause-switch.ts';
import { createAgentsPort } from './ports/agents-port.ts';
import { createChannelsPort } from './ports/channels-port.ts';
import { createConfigPort } from './ports/config-port.ts';
import { createDeliveriesPort } from './ports/deliveries-port.ts';
import { createPortalPort } from './ports/portal-port.ts';
import { createSystemPort } from './ports/system-port.ts';

export interface ApiPortParts {
  readonly instanceDir: string;
  readonly version: string;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly runId: RunId;
  readonly startedAt: number;
  readonly log: Logger;
  readonly config: ConfigStore;
  readonly instance: InstanceStore;
  readonly agents: OpenAgents;
  readonly events: EventLog;
  readonly metrics: MetricStore;
  readonly messaging: MessagingGateway;
  readonly modelGateway: ModelGateway;
  readonly directory: Pick<ProviderDirectory, 'defaultModel' | 'modelOfRun'>;
  readonly channels: ChannelControl;
  readonly pause: PauseSwitch;
  readonly token: ApiTokenFile;
  readonly state: () => InstanceState;
  readonly url: () => string | null;
  readonly settled: () => Promise<void>;
  readonly requestStop: SystemPort['requestStop'];
}

export function createApiServices(parts: ApiPortParts): ApiServices {
  const { clock, newId, log, config, instance, agents, events, metrics, messaging, channels, pause } = parts;
  return {
    clock,
    newId,
    log: log.component('api'),
    version: parts.version,
    settings: settingsReader(config),
    token: parts.token,
    sessions: {
      create: (session) => instance.createSession(session),
      find: (id) => instance.findSession(id),
      delete: (id) => instance.deleteSessions(id),
      deleteAll: () => instance.deleteSessions(),
    },
    idempotency: {
      async find(scope) {
        const row = instance.findAnswer(scope);
        return row && { ...row, headers: JSON.parse(row.headers) as Record<string, string> };
      },
      save: (scope, answer, at) => instance.saveAnswer(scope, { ...answer, headers: JSON.stringify(answer.headers) }, at),
    },
    system: createSystemPort({
      agents,
      gateway: messaging,
      config,
      clock,
      version: parts.version,
      runId: parts.runId,
      startedAt: parts.startedAt,
      instanceDir: parts.instanceDir,
      state: parts.state,
      url: parts.url,
      isPaused: () => pause.isOn,
      requestStop: parts.requestStop,
    }),
    agents: createAgentsPort({
      agents,
      directory: parts.directory,
      config,
      clock,
      instanceDir: parts.instanceDir,
      settled: parts.settled,
      forget: (agentId) => instance.forgetAgent(agentId),
      changed: (agentId, state, previous) => events.append({ type: 'agent_state', agentId, data: { agent_id: agentId, state, previous } }),
      identityChanged: (agentId, file) => events.append({ type: 'identity_changed', agentId, data: { file } }),
    }),
    channels: createChannelsPort({ agents, checkModel: (agentId, name) => channels.checkModel(agents.require(agentId).id, name) }),
    portal: createPortalPort({
      agents,
      gateway: messaging,
      clock,
      newId,
      requireModel: (agent, conversationId) => void planFor(agents, parts.modelGateway, agent.id, conversationId),
      checkModel: (agentId, name) => channels.checkModel(agents.require(agentId).id, name),
    }),
    deliveries: createDeliveriesPort(agents),
    config: createConfigPort({ config, instance, instanceDir: parts.instanceDir, promptIssues: () => agents.promptIssues, pause }),
    events,
    metrics,
  };
}

/** The same object until the configuration changes, as the API asks for. */
function settingsReader(config: ConfigStore): () => ApiSettings {
  let from: ConfigSnapshot | null = null;
  let settings: ApiSettings | null = null;
  return () => {
    const snapshot = config.current();
    if (settings && from === snapshot) return settings;
    from = snapshot;
    settings = apiSettings(snapshot);
    return settings;
  };
}

function apiSettings({ values: { api } }: ConfigSnapshot): ApiSettings {
  return {
    auth: api.auth,
    authToken: api.auth_token ?? null,
    sessionTtlSecs: api.session_ttl_secs,
    allowedHosts: api.allowed_hosts,
    allowedOrigins: api.allowed_origins,
    trustedProxies: api.trusted_proxies,
    rateLimit: { requestsPerMinute: api.rate_limit.requests_per_minute, burst: api.rate_limit.burst },
    ui: api.ui,
  };
}
