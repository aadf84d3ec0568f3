/** Agents in the configuration file: added to it and taken out of it while no daemon does so. */

import type { ConfigFile } from '../config/config-file.ts';
import { isTable, type Table } from '../config/paths.ts';
import type { ConfigSnapshot } from '../config/snapshot.ts';
import { AGENT_ID_PATTERN } from '../core/ids.ts';
import { CliError } from './cli-error.ts';

export interface NewAgent {
  readonly id: string;
  readonly displayName?: string | undefined;
  readonly role?: string | undefined;
  readonly isDefault: boolean;
}

/** Throws `invalid_agent_id`. */
export function requireAgentId(id: string): void {
  if (AGENT_ID_PATTERN.test(id)) return;
  throw new CliError('invalid_agent_id', `"${id}" cannot be an agent's id`, {
    hint: 'Use a-z, 0-9, "-" and "_", at most 63 characters, beginning with a letter or digit.',
  });
}

/** Throws `agent_exists`, `agent_limit_reached`, or what writing the file throws. */
export async function addAgentEntry(file: ConfigFile, snapshot: ConfigSnapshot, agent: NewAgent): Promise<void> {
  if (snapshot.agents.some(({ id }) => id === agent.id)) throw new CliError('agent_exists', `There is an agent "${agent.id}" already.`);
  const { maxAgents } = snapshot.environment;
  if (maxAgents !== null && snapshot.agents.length >= maxAgents) {
    throw new CliError('agent_limit_reached', `SPACEBOT_MAX_AGENTS allows ${maxAgents}.`);
  }
  await file.edit((tree) => {
    const entries = entriesOf(tree);
    if (agent.isDefault) for (const entry of entries) delete entry.default;
    tree.agents = [...entries, toEntry(agent)];
  });
}

/** A file without entries means one agent `main`, which stays beside the new one. */
function entriesOf(tree: Table): Table[] {
  const written: unknown = tree.agents;
  return Array.isArray(written) && written.length > 0 ? written.filter(isTable) : [{ id: 'main' }];
}

function toEntry({ id, displayName, role, isDefault }: NewAgent): Table {
  return {
    id,
    ...(displayName === undefined ? {} : { display_name: displayName }),
    ...(role === undefined ? {} : { role }),
    ...(isDefault ? { default: true } : {}),
  };
}

/** Throws `agent_not_found` and `last_agent`. */
export function requireRemovable(snapshot: ConfigSnapshot, id: string): void {
  requireAgent(snapshot, id);
  if (snapshot.agents.length === 1) throw new CliError('last_agent', `"${id}" is the last agent; create another one first.`);
}

/** Throws `agent_not_found`. */
export function requireAgent(snapshot: ConfigSnapshot, id: string): ConfigSnapshot['agents'][number] {
  const agent = snapshot.agents.find((candidate) => candidate.id === id);
  if (agent === undefined) throw new CliError('agent_not_found', `There is no agent "${id}".`);
  return agent;
}

/** Bindings of the agent go too: they would lead nowhere, and the file would not load. */
export async function removeAgentEntry(file: ConfigFile, id: string): Promise<void> {
  await file.edit((tree) => {
    tree.agents = entriesOf(tree).filter((entry) => entry.id !== id);
    if (!Array.isArray(tree.bindings)) return;
    const kept = tree.bindings.filter((binding: unknown) => !isTable(binding) || binding.agent_id !== id);
    if (kept.length === 0) delete tree.bindings;
    else tree.bindings = kept;
  });
}
