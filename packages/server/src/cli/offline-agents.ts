/** Agents worked on as files, while no daemon does so; loaded only then. */

import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { addAgentEntry, removeAgentEntry } from '../config/agent-entries.ts';
import { type ConfigSnapshot, findAgent } from '../config/snapshot.ts';
import { moveToTrash, requireTemplate, writeIdentityFiles } from '../conversations/agent-files.ts';
import { toIso } from '../core/clock.ts';
import type { AgentPage, AgentView, NewAgent } from './agent-view.ts';
import { CliError } from './cli-error.ts';
import type { CommandContext } from './context.ts';
import { formatCount } from './format.ts';
import { openConfig, readSnapshot } from './open-config.ts';

export async function listAgentFiles(context: CommandContext, limit: number): Promise<AgentPage> {
  const snapshot = await readSnapshot(openConfig(context));
  const items = await Promise.all(snapshot.agents.slice(0, limit).map(({ id }) => describeAgent(id, snapshot)));
  return { items, next_cursor: null };
}

/** Throws `agent_not_found`. */
export async function showAgentFiles(context: CommandContext, id: string): Promise<AgentView> {
  return describeAgent(id, await readSnapshot(openConfig(context)));
}

/** Throws `agent_exists`, `agent_limit_reached`, and `not_found` for the template. */
export async function createAgentFiles(context: CommandContext, agent: NewAgent): Promise<AgentView> {
  const { instance } = context;
  const { id, display_name: displayName, role, default: isDefault, template = 'default' } = agent;
  await requireTemplate(template);
  const file = openConfig(context);
  const { environment } = await readSnapshot(file);
  await addAgentEntry(file, { id, displayName, role, isDefault }, environment.maxAgents);
  await writeIdentityFiles(join(instance.root, 'agents', id), template);
  return describeAgent(id, await readSnapshot(file));
}

/** What goes besides the files. Throws `agent_not_found` and `last_agent`, so that nobody is asked in vain. */
export async function describeRemoval(context: CommandContext, id: string): Promise<string> {
  const snapshot = await readSnapshot(openConfig(context));
  requireAgent(snapshot, id);
  if (snapshot.agents.length === 1) throw new CliError('last_agent', `"${id}" is the last agent; create another one first.`);
  const bindings = snapshot.values.bindings.filter((binding) => binding.agent_id === id).length;
  return bindings === 0 ? '' : ` and ${formatCount(bindings, 'binding')} to it`;
}

export async function deleteAgentFiles(context: CommandContext, id: string, purge: boolean): Promise<void> {
  await removeAgentEntry(openConfig(context), id);
  if (purge) await moveToTrash(context.instance.root, id, context.host.clock.now());
}

function requireAgent(snapshot: ConfigSnapshot, id: string) {
  const agent = findAgent(snapshot, id);
  if (agent === undefined) throw new CliError('agent_not_found', `There is no agent "${id}".`);
  return agent;
}

async function describeAgent(id: string, snapshot: ConfigSnapshot): Promise<AgentView> {
  const agent = requireAgent(snapshot, id);
  const folder = await stat(agent.directory).catch(() => undefined);
  return {
    id: agent.id,
    display_name: agent.displayName,
    role: agent.role ?? '',
    default: agent.isDefault,
    state: 'stopped',
    paused: false,
    pause_reason: null,
    workspace: agent.workspace,
    created_at: folder === undefined ? null : toIso(Math.floor(folder.birthtimeMs)),
    routing: { ...agent.settings.routing },
    autonomy_level: agent.settings.security.autonomy,
    counts: { conversations: null, memories: null, cron_jobs: agent.cron.length, skills: await countSkills(agent.workspace) },
    revision: snapshot.revision,
  };
}

async function countSkills(workspace: string): Promise<number> {
  const entries = await readdir(join(workspace, 'skills'), { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).length;
}
