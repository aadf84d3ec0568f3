/** Agents for the API: listed, made, changed, removed; their identity files and run-time settings. */

import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { Agent, AgentSettings, FileDoc, IdentityPart } from '@spacebot/protocol/agents';
import { addAgentEntry, agentKeys, removeAgentEntry } from '../../config/agent-entries.ts';
import type { ConfigFile } from '../../config/config-file.ts';
import type { AgentConfig } from '../../config/snapshot.ts';
import type { ConfigStore } from '../../config/store.ts';
import { moveToTrash, requireTemplate, writeIdentityFiles } from '../../conversations/agent-files.ts';
import { identityFileName } from '../../conversations/identity-files.ts';
import { type Clock, toIso } from '../../core/clock.ts';
import { ConflictError, StorageError } from '../../core/errors.ts';
import { canonicalJson } from '../../core/json.ts';
import { formatModelName, parseModelName } from '../../llm/model-names.ts';
import type { ProviderDirectory } from '../../llm/providers/index.ts';
import type { AgentsPort } from '../api-services.ts';
import type { OpenAgent, OpenAgents } from '../open-agents.ts';

export interface AgentsDeps {
  readonly agents: OpenAgents;
  readonly directory: Pick<ProviderDirectory, 'defaultModel' | 'modelOfRun'>;
  readonly config: ConfigStore;
  readonly clock: Clock;
  readonly instanceDir: string;
  /** Resolves once the configuration in force is carried out: new agents are open, removed ones closed. */
  readonly settled: () => Promise<void>;
  readonly forget: (agentId: string) => Promise<void>;
  readonly changed: (agentId: string, state: string, previous: string | null) => void;
  readonly identityChanged: (agentId: string, file: string) => void;
}

export function createAgentsPort(deps: AgentsDeps): AgentsPort {
  const { agents, config } = deps;
  const show = (agent: OpenAgent) => agentView(agent, deps.directory);
  /** One agent is the default: who becomes it takes the place of the one that is. */
  const stepDown = (isDefault: boolean | undefined, agentId: string) => {
    const present = agents.all().find((agent) => agent.runtime.config.isDefault && agent.id !== agentId);
    return isDefault === true && present ? agentKeys(present.id, { default: false }) : {};
  };
  const view = (agentId: string) => show(agents.require(agentId));
  return {
    async list(page) {
      const after = page.after === null ? '' : String(page.after[0]);
      const sorted = agents
        .all()
        .filter((agent) => agent.id > after)
        .sort((left, right) => (left.id < right.id ? -1 : 1));
      const shown = sorted.slice(0, page.limit);
      const last = sorted.length > page.limit ? shown.at(-1) : undefined;
      return { items: shown.map(show), next: last ? [last.id] : null };
    },
    get: async (agentId) => view(agentId),
    async create(input) {
      const { id, template = 'default' } = input;
      await requireTemplate(template);
      const limit = config.current().environment.maxAgents;
      const entry = { id, displayName: input.display_name, role: input.role, isDefault: input.default, config: input.config };
      // The files stand before the agent opens, and only when it may exist.
      const add = async (file: ConfigFile) => {
        const content = await addAgentEntry(file, entry, limit);
        await writeIdentityFiles(join(deps.instanceDir, 'agents', id), template);
        return content;
      };
      await config.apply(add, 'api');
      await deps.settled();
      return view(input.id);
    },
    async update(agentId, change, expected) {
      const agent = agents.require(agentId);
      checkRevision(agent, expected);
      const fields = { display_name: change.display_name, role: change.role, default: change.default, ...change.config };
      const set = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
      if (Object.keys(set).length > 0)
        await config.patch({ set: { ...agentKeys(agentId, set), ...stepDown(change.default, agentId) }, unset: [] });
      await deps.settled();
      return view(agentId);
    },
    async delete(agentId, { purge }, expected) {
      const agent = agents.require(agentId);
      checkRevision(agent, expected);
      if (agents.all().length === 1) throw new ConflictError('last_agent', 'The last agent stays; make another one first.');
      await config.apply((file) => removeAgentEntry(file, agentId), 'api');
      await deps.settled();
      if (purge) {
        await moveToTrash(deps.instanceDir, agentId, deps.clock.now());
        await deps.forget(agentId);
      }
    },
    async pause(agentId, reason) {
      const agent = agents.require(agentId);
      if (!agent.runtime.isPaused) {
        await agent.runtime.setPaused(true, reason);
        deps.changed(agentId, 'paused', 'ready');
      }
      return view(agentId);
    },
    async resume(agentId) {
      const agent = agents.require(agentId);
      if (agent.runtime.isPaused) {
        await agent.runtime.setPaused(false, null);
        deps.changed(agentId, 'ready', 'paused');
      }
      return view(agentId);
    },
    async identity(agentId) {
      const { directory } = agents.require(agentId).runtime.config;
      const [soul, identity, user, role] = await Promise.all([
        readIdentity(directory, 'soul'),
        readIdentity(directory, 'identity'),
        readIdentity(directory, 'user'),
        readIdentity(directory, 'role'),
      ]);
      return { soul, identity, user, role };
    },
    async writeIdentity(agentId, part, content, expected) {
      const { directory } = agents.require(agentId).runtime.config;
      const current = await readIdentity(directory, part);
      if (expected !== undefined && expected !== current.revision) {
        throw new ConflictError('revision_conflict', `${current.name} was changed meanwhile.`, {
          details: { expected, current: current.revision },
        });
      }
      await writeAtomically(join(directory, identityFileName(part)), content);
      deps.identityChanged(agentId, identityFileName(part));
      return readIdentity(directory, part);
    },
    settings: async (agentId) => readSettings(agents.require(agentId)),
    async updateSettings(agentId, change) {
      const agent = agents.require(agentId);
      for (const [key, value] of Object.entries(change)) if (value !== undefined) await agent.settings.set(key, value);
      return readSettings(agent);
    },
  };
}

function agentView(agent: OpenAgent, directory: AgentsDeps['directory']): Agent {
  const { config, isPaused, pauseReason } = agent.runtime;
  return {
    id: agent.id,
    display_name: config.displayName,
    role: config.role ?? '',
    default: config.isDefault,
    state: agent.spine.failure ? 'error' : isPaused ? 'paused' : 'ready',
    paused: isPaused,
    pause_reason: pauseReason,
    workspace: config.workspace,
    created_at: toIso(agent.createdAt),
    routing: effectiveRouting(config.settings.routing, directory),
    autonomy_level: config.settings.security.autonomy,
    counts: { conversations: agent.spine.countConversations(), memories: 0, cron_jobs: config.cron.length, skills: 0 },
    revision: revisionOf(config),
  };
}

const SLOTS = ['channel', 'branch', 'worker', 'compactor', 'cortex', 'voice'] as const;

/** Every slot names the model that it would ask now, `null` while there is none. */
function effectiveRouting(routing: AgentConfig['settings']['routing'], directory: AgentsDeps['directory']): Record<string, unknown> {
  const byDefault = directory.defaultModel();
  const models = SLOTS.map((slot) => {
    const model = directory.modelOfRun() ?? routing[slot] ?? byDefault;
    return [slot, model === null ? null : formatModelName(parseModelName(model))];
  });
  return { ...routing, ...Object.fromEntries(models) };
}

/** Changes when anything of the agent's effective configuration changes. */
function revisionOf(config: AgentConfig): string {
  return createHash('sha256').update(canonicalJson(config)).digest('hex').slice(0, 16);
}

function checkRevision(agent: OpenAgent, expected: string | undefined): void {
  const current = revisionOf(agent.runtime.config);
  if (expected !== undefined && expected !== current) {
    throw new ConflictError('revision_conflict', 'The agent was changed meanwhile.', { details: { expected, current } });
  }
}

async function readIdentity(directory: string, part: IdentityPart): Promise<FileDoc> {
  const name = identityFileName(part);
  const path = join(directory, name);
  if (!existsSync(path)) return { name, content: '', exists: false, updated_at: null, revision: 'absent' };
  try {
    const content = await readFile(path, 'utf8');
    const revision = createHash('sha256').update(content).digest('hex').slice(0, 16);
    return { name, content, exists: true, updated_at: toIso(Math.floor(statSync(path).mtimeMs)), revision };
  } catch (error) {
    throw new StorageError('storage_error', `${name} cannot be read.`, { cause: error });
  }
}

async function writeAtomically(path: string, content: string): Promise<void> {
  const draft = `${path}.new`;
  try {
    const file = await open(draft, 'w', 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    throw new StorageError('storage_error', 'The file could not be written.', { cause: error });
  }
}

async function readSettings(agent: OpenAgent): Promise<AgentSettings> {
  const { settings } = agent.runtime.config;
  const mode = await agent.settings.get('worker_log_mode');
  const home = await agent.settings.get('home_channel');
  const response = await agent.settings.get('response_mode');
  return {
    worker_log_mode: isWorkerLogMode(mode) ? mode : settings.worker_log_mode,
    home_channel: typeof home === 'string' ? home : (settings.home_channel ?? null),
    response_mode: isResponseMode(response) ? response : settings.channel.response_mode,
  };
}

function isWorkerLogMode(value: unknown): value is AgentSettings['worker_log_mode'] {
  return value === 'errors_only' || value === 'all_separate' || value === 'all_combined';
}

function isResponseMode(value: unknown): value is AgentSettings['response_mode'] {
  return value === 'active' || value === 'observe' || value === 'mention_only';
}
