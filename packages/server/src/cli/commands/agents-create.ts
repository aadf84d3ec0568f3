/** `spacebot agents create`. */

import { join } from 'node:path';
import { addAgentEntry } from '../../config/agent-entries.ts';
import { AGENT_ID_PATTERN } from '../../core/ids.ts';
import { requireTemplate, writeIdentityFiles } from '../agent-files.ts';
import { CliError } from '../cli-error.ts';
import type { CommandContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { withOrWithoutDaemon } from '../offline.ts';
import { type AgentView, describeOfflineAgent } from '../offline-agent.ts';
import { openConfig, readSnapshot } from '../open-config.ts';

export interface CreateFlags {
  readonly displayName?: string;
  readonly role?: string;
  readonly default?: boolean;
  readonly template?: string;
}

export async function createAgent(context: CommandContext, id: string, flags: CreateFlags): Promise<number> {
  requireAgentId(id);
  const { displayName, role, template } = flags;
  const body = {
    id,
    ...(displayName === undefined ? {} : { display_name: displayName }),
    ...(role === undefined ? {} : { role }),
    ...(flags.default === true ? { default: true } : {}),
    ...(template === undefined ? {} : { template }),
  };
  const agent = await withOrWithoutDaemon<AgentView>(
    context,
    (client) => client.call('POST /agents', { body }),
    () => createOffline(context, id, flags),
  );
  context.output.result(agent, () => `${id} is created`);
  if (context.remote === null) context.output.note(`Who it is stands in ${join(context.instance.root, 'agents', id)}`);
  return EXIT.ok;
}

async function createOffline(context: CommandContext, id: string, flags: CreateFlags): Promise<AgentView> {
  const { host, instance } = context;
  const { displayName, role, template = 'default' } = flags;
  await requireTemplate(host.packageRoot, template);
  const file = openConfig(context);
  const { environment } = await readSnapshot(file);
  await addAgentEntry(file, { id, displayName, role, isDefault: flags.default }, environment.maxAgents);
  await writeIdentityFiles(host.packageRoot, join(instance.root, 'agents', id), template);
  return describeOfflineAgent(id, await readSnapshot(file));
}

/** Before anything is asked or read: the argument itself is wrong. */
function requireAgentId(id: string): void {
  if (AGENT_ID_PATTERN.test(id)) return;
  throw new CliError('invalid_agent_id', `"${id}" cannot be an agent's id`, {
    hint: 'Use a-z, 0-9, "-" and "_", at most 63 characters, beginning with a letter or digit.',
  });
}
