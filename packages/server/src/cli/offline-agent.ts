/** An agent as the files alone tell it, in the shape the API gives it; what only a daemon knows is `null`. */

import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Agent } from '@spacebot/protocol/agents';
import { type ConfigSnapshot, findAgent } from '../config/snapshot.ts';
import { toIso } from '../core/clock.ts';
import { CliError } from './cli-error.ts';

type OfflineCounts = { readonly [Name in keyof Agent['counts']]: number | null };
/** `state` is `stopped`, which no running daemon says. */
export type AgentView = Omit<Agent, 'state' | 'counts' | 'created_at'> & {
  readonly state: Agent['state'] | 'stopped';
  readonly counts: OfflineCounts;
  readonly created_at: string | null;
};

/** Throws `agent_not_found`. */
export async function describeOfflineAgent(id: string, snapshot: ConfigSnapshot): Promise<AgentView> {
  const agent = findAgent(snapshot, id);
  if (agent === undefined) throw new CliError('agent_not_found', `There is no agent "${id}".`);
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
