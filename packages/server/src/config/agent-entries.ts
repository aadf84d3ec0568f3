/** Adds and removes `[[agents]]` entries in the file, so that agents can come and go with the daemon up or down. */

import { ConflictError, InputError, NotFoundError } from '../core/errors.ts';
import { AGENT_ID_PATTERN } from '../core/ids.ts';
import type { ConfigFile } from './config-file.ts';
import { tablesOf } from './normalize.ts';
import { isTable, type Table } from './paths.ts';

export interface NewAgentEntry {
  readonly id: string;
  readonly displayName?: string | undefined;
  readonly role?: string | undefined;
  /** Makes it the default agent in place of the present one. */
  readonly isDefault?: boolean | undefined;
}

/** `limit` is the cap on agents, `null` for none. Throws `invalid_agent_id`, `agent_exists`, `agent_limit_reached` or what `ConfigFile.edit` throws. */
export function addAgentEntry(file: ConfigFile, entry: NewAgentEntry, limit: number | null, ifMatch?: string) {
  if (!AGENT_ID_PATTERN.test(entry.id)) {
    throw new InputError(
      'invalid_agent_id',
      'An agent id has 1 to 63 characters of a-z, 0-9, "_" and "-" and starts with a letter or digit.',
    );
  }
  return file.edit((tree) => {
    const agents = agentsOf(tree);
    if (agents.some((agent) => agent.id === entry.id)) throw new ConflictError('agent_exists', `There is an agent "${entry.id}" already.`);
    if (limit !== null && agents.length >= limit) throw new ConflictError('agent_limit_reached', `This instance may have ${limit} agents.`);
    if (entry.isDefault === true) for (const agent of agents) delete agent.default;
    tree.agents = [...agents, toTable(entry)];
  }, ifMatch);
}

function toTable(entry: NewAgentEntry): Table {
  const table: Table = { id: entry.id };
  if (entry.isDefault === true) table.default = true;
  if (entry.displayName !== undefined) table.display_name = entry.displayName;
  if (entry.role !== undefined) table.role = entry.role;
  return table;
}

/** Takes the agent's bindings away with it, because nobody else may answer them. Throws `agent_not_found`, `last_agent` or what `ConfigFile.edit` throws. */
export function removeAgentEntry(file: ConfigFile, id: string, ifMatch?: string) {
  return file.edit((tree) => {
    const agents = agentsOf(tree);
    const others = agents.filter((agent) => agent.id !== id);
    if (others.length === agents.length) throw new NotFoundError('agent_not_found', `There is no agent "${id}".`);
    if (others.length === 0) throw new ConflictError('last_agent', 'The last agent cannot be removed.');
    tree.agents = others;
    const bindings = tablesOf(tree.bindings);
    const kept = bindings.filter((binding) => binding.agent_id !== id);
    if (kept.length === bindings.length) return;
    if (kept.length > 0) tree.bindings = kept;
    else delete tree.bindings;
  }, ifMatch);
}

/** A file without entries has `main` implicitly; it must be written out before another joins it. */
function agentsOf(tree: Table): Table[] {
  const written = Array.isArray(tree.agents) ? tree.agents.filter(isTable) : [];
  return written.length === 0 ? [{ id: 'main' }] : written;
}
