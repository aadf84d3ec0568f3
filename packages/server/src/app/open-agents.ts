/** The agents that are open now: each with its spine, its files and its runtime; added and removed while everything else goes on. */

import { join } from 'node:path';
import { AgentPrompt } from '../agents/agent-prompt.ts';
import { AgentRuntime, type AgentServices } from '../agents/agent-runtime.ts';
import type { AgentConfig, ConfigSnapshot } from '../config/snapshot.ts';
import { writeIdentityFiles } from '../conversations/agent-files.ts';
import { IdentityFiles } from '../conversations/identity-files.ts';
import { interruptedNotice } from '../conversations/notices.ts';
import type { PromptTemplates } from '../conversations/prompt-templates.ts';
import { NotFoundError, type StorageError } from '../core/errors.ts';
import type { NewId, RunId } from '../core/ids.ts';
import type { Logger } from '../core/logger.ts';
import type { AgentDirectory, AgentHandle } from '../messaging/ports.ts';
import { AgentSpine } from '../storage/agent/agent-spine.ts';
import type { Doorbell } from '../storage/agent/unit.ts';
import { AgentSettingsStore } from '../storage/agent-settings-store.ts';
import { BlobStore } from '../storage/blob-store.ts';
import type { InstanceStore } from '../storage/instance/instance-store.ts';

export interface OpenAgent extends AgentHandle {
  readonly runtime: AgentRuntime;
  readonly identity: IdentityFiles;
  readonly settings: AgentSettingsStore;
  /** Milliseconds. */
  readonly createdAt: number;
}

export interface OpenAgentsDeps {
  readonly services: AgentServices;
  readonly templates: PromptTemplates;
  readonly instance: InstanceStore;
  readonly newId: NewId;
  readonly runId: RunId;
  readonly log: Logger;
  /** The last boot did not end cleanly. */
  readonly crashed: boolean;
  readonly doorbellFor: (agentId: string) => Doorbell;
  readonly onFailure: (agentId: string, error: StorageError) => void;
}

const GRACE_MS = 30_000;

export class OpenAgents implements AgentDirectory {
  readonly #deps: OpenAgentsDeps;
  readonly #open = new Map<string, OpenAgent>();

  constructor(deps: OpenAgentsDeps) {
    this.#deps = deps;
  }

  get(agentId: string): OpenAgent | undefined {
    return this.#open.get(agentId);
  }

  /** Throws `agent_not_found`. */
  require(agentId: string): OpenAgent {
    const agent = this.#open.get(agentId);
    if (!agent) throw new NotFoundError('agent_not_found', `There is no agent "${agentId}".`);
    return agent;
  }

  all(): readonly OpenAgent[] {
    return [...this.#open.values()];
  }

  /** Prompt templates of people that do not render; the last good one, or the built-in one, is used instead. */
  get promptIssues(): PromptTemplates['issues'] {
    return this.#deps.templates.issues;
  }

  readonly findSpine = (agentId: string): AgentSpine | undefined => this.#open.get(agentId)?.spine;

  /** Opens the agent's file, brings it to the newest schema and settles what a dead owner left; starts nothing yet. */
  async open(config: AgentConfig): Promise<OpenAgent> {
    const { services, templates, instance, newId, runId, crashed } = this.#deps;
    await writeIdentityFiles(config.directory, 'default');
    const context = { clock: services.clock, newId, runId, doorbell: this.#deps.doorbellFor(config.id) };
    const data = join(config.directory, 'data');
    const spine = new AgentSpine(join(data, 'spacebot.db'), context, (error) => this.#deps.onFailure(config.id, error));
    const recovered = spine.recover({ crashed, interruptedNotice });
    if (Object.values(recovered).some((count) => count > 0))
      this.#deps.log.info('recovered an agent', { agent_id: config.id, fields: { ...recovered } });
    const identity = new IdentityFiles(config.directory);
    const runtime = new AgentRuntime(config, spine, new AgentPrompt(templates, identity), services);
    const { createdAt } = instance.registerAgent(config.id, spine.uid);
    const agent: OpenAgent = {
      id: config.id,
      spine,
      runtime,
      identity,
      createdAt,
      blobs: new BlobStore(join(data, 'blobs'), newId),
      settings: new AgentSettingsStore(join(data, 'settings')),
      get paused() {
        return runtime.isPaused ? (runtime.pauseReason ?? '') : null;
      },
    };
    this.#open.set(config.id, agent);
    return agent;
  }

  /** Lets running turns end within the grace, then closes the file; the agent is gone from every list at once. */
  async close(agentId: string, graceMs = GRACE_MS): Promise<void> {
    const agent = this.#open.get(agentId);
    if (!agent) return;
    await agent.runtime.stop(graceMs);
    this.#open.delete(agentId);
    await agent.settings.close();
    agent.spine.close();
  }

  /** What the new configuration says: reconfigures those that stay; returns who has to be opened and who closed. */
  compare(snapshot: ConfigSnapshot): { readonly added: readonly AgentConfig[]; readonly removed: readonly string[] } {
    for (const config of snapshot.agents) this.#open.get(config.id)?.runtime.reconfigure(config);
    return {
      added: snapshot.agents.filter((config) => !this.#open.has(config.id)),
      removed: [...this.#open.keys()].filter((id) => !snapshot.agents.some((config) => config.id === id)),
    };
  }
}
