/** Gateway, delivery, webhook and spines put together over real files and sockets; the agent's answer is spoken by the test. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtinAdapters } from '../adapters/index.ts';
import { loadConfig } from '../config/load.ts';
import type { ConfigSnapshot } from '../config/snapshot.ts';
import { type Clock, systemClock } from '../core/clock.ts';
import { type AdapterKey, type AgentId, type ConversationId, createIdGenerator, type RunId, trusted } from '../core/ids.ts';
import { silentLogger } from '../core/logger.ts';
import type { AdapterDefinition } from '../core/messaging-adapter.ts';
import { packageRoot } from '../core/package-root.ts';
import { DeliveryEngine } from '../messaging/delivery.ts';
import { createMessagingGateway, type MessagingGateway } from '../messaging/gateway.ts';
import type { AdapterStateChange, AdmissionRefusal, AgentHandle, MessagingObserver, Rejection } from '../messaging/ports.ts';
import { AgentSpine } from '../storage/agent/agent-spine.ts';
import type { TurnEffect } from '../storage/agent/effects.ts';
import { BlobStore } from '../storage/blob-store.ts';
import { ReplyStore } from '../storage/instance/reply-store.ts';
import { migrate } from '../storage/migrations.ts';
import { SqliteDatabase } from '../storage/sqlite-database.ts';

/** A snapshot of a configuration text; throws with the issues when it has errors. */
export function readConfig(text: string, instanceDir = '/instance'): ConfigSnapshot {
  const { loaded, issues } = loadConfig({
    text,
    path: join(instanceDir, 'config.toml'),
    instanceDir,
    fileName: 'config.toml',
    environment: {},
    secrets: { get: () => undefined },
    now: 0,
    version: 1,
    running: null,
  });
  if (!loaded) throw new Error(issues.map((issue) => issue.message).join('\n'));
  return loaded.snapshot;
}

export interface WorldOptions {
  readonly config?: string;
  readonly clock?: Clock;
  /** A folder of an earlier world, taken over as after a crash. */
  readonly directory?: string;
  readonly definitions?: readonly AdapterDefinition<unknown>[];
}

export class MessagingWorld {
  readonly directory: string;
  readonly gateway: MessagingGateway;
  readonly delivery: DeliveryEngine;
  readonly replies: ReplyStore;
  readonly clock: Clock;
  readonly agents = new Map<string, AgentHandle & { paused: string | null }>();
  readonly aborted: string[] = [];
  readonly pauses: [string, boolean, string | null][] = [];
  readonly rejections: Rejection[] = [];
  readonly refusals: AdmissionRefusal[] = [];
  readonly states: AdapterStateChange[] = [];
  readonly log: string[] = [];
  readonly #instance: SqliteDatabase;
  readonly #owners = new Map<string, Set<string>>();
  #config: ConfigSnapshot;

  constructor(options: WorldOptions = {}) {
    this.directory = options.directory ?? mkdtempSync(join(tmpdir(), 'spacebot-messaging-'));
    this.clock = options.clock ?? systemClock;
    this.#config = readConfig(options.config ?? '', this.directory);
    const newId = createIdGenerator(this.clock);
    const runId = newId<RunId>();
    this.#instance = new SqliteDatabase(join(this.directory, 'instance.db'));
    migrate(this.#instance, join(packageRoot(), 'migrations', 'instance'), this.clock);
    this.replies = new ReplyStore(this.#instance, this.clock);
    for (const agent of this.#config.agents) this.#openAgent(agent.id, newId, runId);
    const needs = {
      replies: this.replies,
      trustedNames: () => ({ hosts: this.#config.values.api.allowed_hosts, origins: this.#config.values.api.allowed_origins }),
    };
    this.gateway = createMessagingGateway({
      clock: this.clock,
      random: () => 0,
      newId,
      log: silentLogger,
      config: () => this.#config,
      agents: this.#directoryOfAgents(),
      channels: {
        abort: (_agentId, _conversationId, turnIds) => void this.aborted.push(...turnIds),
        model: () => 'demo/demo',
        checkModel: (_agentId, name) => (name.includes('/') ? null : `There is no model ${name}.`),
        setAgentPaused: async (agentId, paused, reason) => void this.pauses.push([agentId, paused, reason]),
      },
      owners: {
        register: async (adapterKey, conversationId, agentId) => void this.#ownersOf(adapterKey, conversationId).add(agentId),
        agentsOf: (adapterKey, conversationId) => [...this.#ownersOf(adapterKey, conversationId)],
      },
      observer: this.#observer(),
      definitions: options.definitions ?? builtinAdapters(needs),
    });
    this.delivery = new DeliveryEngine({
      isPaused: () => false,
      clock: this.clock,
      random: () => 0,
      runId,
      log: silentLogger,
      agents: this.#directoryOfAgents(),
      adapters: this.gateway.adapters,
      observer: this.#observer(),
      turnMoved: (agentId, turnId) => this.gateway.turnMoved(agentId, turnId),
    });
  }

  /** Starts adapters and delivery; resolves when every configured adapter is connected. */
  async start(): Promise<this> {
    this.delivery.start();
    const wanted = this.gateway.adapters.reconcile(this.#config);
    await wanted;
    while (this.gateway.adapters.statuses().some((status) => status.state === 'starting')) await nextTick();
    return this;
  }

  get config(): ConfigSnapshot {
    return this.#config;
  }

  conversationId(id: string): ConversationId {
    return trusted<ConversationId>(id);
  }

  async reconfigure(text: string): Promise<void> {
    this.#config = readConfig(text, this.directory);
    await this.gateway.adapters.reconcile(this.#config);
    while (this.gateway.adapters.statuses().some((status) => status.state === 'starting')) await nextTick();
  }

  /** Where the webhook of this key listens. */
  url(key = 'webhook'): string {
    const adapter = this.gateway.adapters.get(trusted<AdapterKey>(key))?.adapter;
    if (!adapter || !('url' in adapter) || typeof adapter.url !== 'string') throw new Error(`no listener ${key}`);
    return adapter.url;
  }

  agent(id = 'main'): AgentHandle & { paused: string | null } {
    const found = this.agents.get(id);
    if (!found) throw new Error(`no agent ${id}`);
    return found;
  }

  /** Runs the next turn of a conversation as an agent would, ending it with these effects or with an error notice. */
  async answer(conversationId: string, text: string, options: { agentId?: string; error?: string } = {}): Promise<string> {
    const turnId = await this.claim(conversationId, options.agentId);
    const { spine } = this.agent(options.agentId);
    const effect: TurnEffect =
      options.error === undefined
        ? { type: 'reply', messageId: createIdGenerator(this.clock)(), text, replaced: false }
        : { type: 'notice', text, code: options.error };
    const error = options.error === undefined ? null : { code: options.error, message: text };
    await spine.endTurn({ turnId, ending: error ? 'failed' : 'replied', error, effects: [effect] });
    return turnId;
  }

  /** Starts the next turn of a conversation and leaves it running. */
  async claim(conversationId: string, agentId?: string): Promise<string> {
    const claimed = await this.agent(agentId).spine.claim({ conversationId, configHash: 'test', model: 'demo/demo', call: null });
    if (!claimed) throw new Error(`nothing to answer in ${conversationId}`);
    return claimed.turn.id;
  }

  async stop(options: { keep?: boolean } = {}): Promise<void> {
    await this.delivery.stop();
    await this.gateway.stop();
    for (const agent of this.agents.values()) agent.spine.close();
    this.#instance.close();
    if (!options.keep) rmSync(this.directory, { recursive: true, force: true });
  }

  #openAgent(id: AgentId, newId: ReturnType<typeof createIdGenerator>, runId: RunId): void {
    const doorbell = {
      events: () => {},
      turnReady: () => {},
      outbox: (adapterKey: string, conversationId: string) => this.delivery.outbox(id, adapterKey, conversationId),
      turnEnded: (turnId: string) => this.gateway.turnMoved(id, turnId),
    };
    const folder = join(this.directory, 'agents', id, 'data');
    const spine = new AgentSpine(join(folder, 'spacebot.db'), { clock: this.clock, newId, runId, doorbell }, () => {});
    spine.recover({ crashed: true, interruptedNotice: () => 'Interrupted.' });
    this.agents.set(id, { id, spine, blobs: new BlobStore(join(folder, 'blobs'), newId), paused: null });
  }

  #directoryOfAgents() {
    return { get: (id: string) => this.agents.get(id), all: () => this.agents.values() };
  }

  #ownersOf(adapterKey: string, conversationId: string): Set<string> {
    const key = `${adapterKey} ${conversationId}`;
    const found = this.#owners.get(key) ?? new Set<string>();
    this.#owners.set(key, found);
    return found;
  }

  #observer(): MessagingObserver {
    return {
      messageReceived: (agentId) => void this.log.push(`received ${agentId}`),
      messageDuplicate: () => void this.log.push('duplicate'),
      messageRejected: (rejection) => void this.rejections.push(rejection),
      admissionRefused: (refusal) => void this.refusals.push(refusal),
      deliveryAttempted: (_adapterKey, result) => void this.log.push(result),
      messageSent: () => {},
      adapterStateChanged: (change) => void this.states.push(change),
    };
  }
}

function nextTick(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
