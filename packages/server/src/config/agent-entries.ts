/** Adds and removes `[[agents]]` entries in the file, so that agents can come and go with the daemon up or down. */

import { ConflictError, InputError, NotFoundError } from '../core/errors.ts';
import { AGENT_ID_PATTERN } from '../core/ids.ts';
import { applyPatch, type ConfigFile, type FileContent } from './config-file.ts';
import { tablesOf } from './normalize.ts';
import type { Table } from './paths.ts';

export interface NewAgentEntry {
  readonly id: string;
  readonly displayName?: string | undefined;
  readonly role?: string | undefined;
  /** Makes it the default agent in place of the present one. */
  readonly isDefault?: boolean | undefined;
  /** Its other keys, dotted or nested, as in `agents.ID.KEY`. */
  readonly config?: Readonly<Record<string, unknown>> | undefined;
}

/** `limit` is the cap on agents, `null` for none. Throws `invalid_agent_id`, `agent_exists`, `agent_limit_reached` or what `ConfigFile.edit` throws. */
export async function addAgentEntry(file: ConfigFile, entry: NewAgentEntry, limit: number | null, ifMatch?: string): Promise<FileContent> {
  if (!AGENT_ID_PATTERN.test(entry.id)) {
    throw new InputError(
      'invalid_agent_id',
      'An agent id has 1 to 63 characters of a-z, 0-9, "_" and "-" and starts with a letter or digit.',
    );
  }
  const { appendEntry, editText } = await import('./edit-text.ts');
  return file.edit((text, tree) => {
    const written = tablesOf(tree.agents);
    // A file without entries has `main` implicitly; it is written out before another joins it.
    const agents = written.length === 0 ? [{ id: 'main' }] : written;
    if (agents.some((agent) => agent.id === entry.id)) throw new ConflictError('agent_exists', `There is an agent "${entry.id}" already.`);
    if (limit !== null && agents.length >= limit) throw new ConflictError('agent_limit_reached', `This instance may have ${limit} agents.`);
    const complete = written.length === 0 ? appendEntry(text, 'agents', { id: 'main' }) : text;
    const added = appendEntry(entry.isDefault === true ? editText(complete, clearDefaults) : complete, 'agents', toTable(entry));
    const set = agentKeys(entry.id, entry.config ?? {});
    return Object.keys(set).length === 0 ? added : editText(added, (edited) => applyPatch(edited, { set }));
  }, ifMatch);
}

/** Keys of one agent as a patch of the whole file names them. */
export function agentKeys(id: string, values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [`agents.${id}.${key}`, value]));
}

function clearDefaults(tree: Table): void {
  for (const agent of tablesOf(tree.agents)) delete agent.default;
}

function toTable(entry: NewAgentEntry): Table {
  const table: Table = { id: entry.id };
  if (entry.isDefault === true) table.default = true;
  if (entry.displayName !== undefined) table.display_name = entry.displayName;
  if (entry.role !== undefined) table.role = entry.role;
  return table;
}

/** Takes the agent's bindings away with it, because nobody else may answer them. Throws `agent_not_found`, `last_agent` or what `ConfigFile.edit` throws. */
export async function removeAgentEntry(file: ConfigFile, id: string, ifMatch?: string): Promise<FileContent> {
  const { removeEntry } = await import('./edit-text.ts');
  return file.edit((text, tree) => {
    const agents = tablesOf(tree.agents);
    const isImplicit = agents.length === 0 && id === 'main';
    if (!isImplicit && !agents.some((agent) => agent.id === id)) throw new NotFoundError('agent_not_found', `There is no agent "${id}".`);
    if (agents.length <= 1) throw new ConflictError('last_agent', 'The last agent cannot be removed.');
    const withoutBindings = removeWhere(text, 'bindings', tablesOf(tree.bindings), (binding) => binding.agent_id === id);
    return removeWhere(withoutBindings, 'agents', agents, (agent) => agent.id === id);
  }, ifMatch);

  function removeWhere(text: string, name: string, entries: readonly Table[], isGone: (entry: Table) => boolean): string {
    let rest = text;
    for (const [index, entry] of [...entries.entries()].reverse()) if (isGone(entry)) rest = removeEntry(rest, name, index);
    return rest;
  }
}
