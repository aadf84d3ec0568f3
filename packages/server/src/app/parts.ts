/** The working parts, tied to each other: events, models, agents, messaging, housekeeping. Nothing runs yet. */

import { builtinAdapters } from '../adapters/index.ts';
import type { AgentServices } from '../agents/agent-runtime.ts';
import { PromptTemplates } from '../conversations/prompt-templates.ts';
import { createModelGateway, type ModelGateway } from '../llm/model-gateway.ts';
import { createProviderDirectory, type ProviderDirectory } from '../llm/providers/index.ts';
import { createTransport } from '../llm/transport.ts';
import { DeliveryEngine } from '../messaging/delivery.ts';
import { createMessagingGateway, type MessagingGateway } from '../messaging/gateway.ts';
import type { ChannelControl, MessagingObserver } from '../messaging/ports.ts';
import type { Doorbell } from '../storage/agent/unit.ts';
import { ReplyStore } from '../storage/instance/reply-store.ts';
import { tools } from '../tools/index.ts';
import { createToolRunner } from '../tools/tool-runner.ts';
import { createChannelControl } from './channel-control.ts';
import { EventLog } from './event-log.ts';
import type { Closers, Foundation } from './foundation.ts';
import { createGauges } from './gauges.ts';
import { Maintenance } from './maintenance.ts';
import { MetricStore } from './metrics.ts';
import { createObserver } from './observer.ts';
import { OpenAgents } from './open-agents.ts';
import { PauseSwitch } from './pause-switch.ts';

export interface Parts extends Models {
  readonly events: EventLog;
  readonly metrics: MetricStore;
  readonly agents: OpenAgents;
  readonly channels: ChannelControl;
  readonly messaging: MessagingGateway;
  readonly delivery: DeliveryEngine;
  readonly maintenance: Maintenance;
  readonly pause: PauseSwitch;
}

interface Models {
  readonly directory: ProviderDirectory;
  readonly gateway: ModelGateway;
}

/** Parts call each other; each finds the others when it is used, which is after all of them are made. */
export function createParts(base: Foundation, closers: Closers): Parts {
  const { clock, log, instance, journal, newId } = base;
  const later = (): Parts => parts;
  const events = new EventLog(journal, (agentId) => later().agents.findSpine(agentId), clock, log.component('events'));
  closers.push(() => events.close());
  const models = createModels(base, closers);
  const metrics = new MetricStore(() => gauges());
  const pause = new PauseSwitch(instance, () => goOn(later()));
  const agents = createAgents(base, { gateway: models.gateway, metrics, isInstancePaused: () => pause.isOn }, later, closers);
  const channels = createChannelControl(agents, models.gateway);
  const observer = createObserver({ metrics, events, instance, log, newId });
  const { messaging, delivery } = createMessaging(base, { agents, channels, observer, isPaused: () => pause.isOn });
  const maintenance = new Maintenance({ clock, log: log.component('maintenance'), instance, journal, agents, events });
  closers.push(() => maintenance.stop());
  const gauges = createGauges({ agents, messaging, version: base.version, startedAt: base.startedAt, clock });
  const parts: Parts = { ...models, events, metrics, agents, channels, messaging, delivery, maintenance, pause };
  return parts;
}

/** After a pause of the instance: what waited leaves, then what was asked is answered. */
function goOn({ agents, delivery }: Parts): void {
  delivery.start();
  for (const agent of agents.all()) agent.runtime.resumeGently();
}

function createModels({ clock, config, demo, log }: Foundation, closers: Closers): Models {
  const transport = createTransport(clock);
  closers.push(() => transport.close());
  const directory = createProviderDirectory({ config: () => config.current(), transport, clock, demo });
  return { directory, gateway: createModelGateway({ directory, clock, random: Math.random, log: log.component('llm') }) };
}

type OwnServices = Pick<AgentServices, 'gateway' | 'metrics' | 'isInstancePaused'>;

function createAgents(base: Foundation, own: OwnServices, later: () => Parts, closers: Closers): OpenAgents {
  const { instanceDir, clock, newId, runId, log, config, instance, boot, onFailure } = base;
  const services: AgentServices = {
    ...own,
    runner: createToolRunner(tools, clock, log.component('tools')),
    clock,
    newId,
    log,
    emit: (signal) => later().events.signal(signal),
    snapshot: () => config.current(),
    signalPlace: (address, signal) => later().delivery.signal(address, signal),
  };
  const agents = new OpenAgents({
    services,
    templates: new PromptTemplates(instanceDir, log.component('prompts')),
    instance,
    newId,
    runId,
    log,
    crashed: boot.crashed,
    doorbellFor: (agentId) => doorbellOf(agentId, later),
    onFailure: (agentId, error) => onFailure(`agent ${agentId}`)(error),
  });
  closers.push(() => {
    for (const agent of agents.all()) agent.spine.close();
  });
  return agents;
}

/** What a commit in an agent's file sets in motion. */
function doorbellOf(agentId: string, later: () => Parts): Doorbell {
  return {
    events: () => later().events.ring(agentId),
    turnReady: (conversationId, dueAt) => later().agents.get(agentId)?.runtime.wake(conversationId, dueAt),
    outbox: (adapterKey, conversationId) => later().delivery.outbox(agentId, adapterKey, conversationId),
    turnEnded: (turnId) => later().messaging.turnMoved(agentId, turnId),
  };
}

interface MessagingNeeds {
  readonly agents: OpenAgents;
  readonly channels: ChannelControl;
  readonly observer: MessagingObserver;
  readonly isPaused: () => boolean;
}

function createMessaging(base: Foundation, needs: MessagingNeeds): Pick<Parts, 'messaging' | 'delivery'> {
  const { clock, newId, runId, log, config, instance } = base;
  const { agents, channels, observer, isPaused } = needs;
  const messaging = createMessagingGateway({
    agents,
    channels,
    observer,
    clock,
    random: Math.random,
    newId,
    log: log.component('messaging'),
    config: () => config.current(),
    owners: {
      register: (adapterKey, conversationId, agentId) => instance.registerOwner(adapterKey, conversationId, agentId),
      agentsOf: (adapterKey, conversationId) => instance.owners(adapterKey, conversationId),
    },
    definitions: definitionsOf(base),
  });
  const delivery = new DeliveryEngine({
    clock,
    random: Math.random,
    runId,
    log: log.component('delivery'),
    agents,
    adapters: messaging.adapters,
    observer,
    isPaused,
    turnMoved: (agentId, turnId) => messaging.turnMoved(agentId, turnId),
  });
  return { messaging, delivery };
}

function definitionsOf({ instance, clock, config, platforms }: Foundation): ReturnType<typeof builtinAdapters> {
  const trustedNames = () => {
    const { allowed_hosts, allowed_origins } = config.current().values.api;
    return { hosts: allowed_hosts, origins: allowed_origins };
  };
  return [...builtinAdapters({ replies: new ReplyStore(instance.database, clock), trustedNames }), ...platforms];
}
