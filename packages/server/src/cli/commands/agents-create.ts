/** `spacebot agents create`. */

import { join } from 'node:path';
import { AGENT_ID_PATTERN } from '../../core/ids.ts';
import type { AgentView, NewAgent } from '../agent-view.ts';
import { CliError } from '../cli-error.ts';
import type { CommandContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { withOrWithoutDaemon } from '../offline.ts';

export interface CreateFlags {
  readonly displayName?: string;
  readonly role?: string;
  readonly default?: boolean;
  readonly template?: string;
}

export async function createAgent(context: CommandContext, id: string, flags: CreateFlags): Promise<number> {
  requireAgentId(id);
  const body = toBody(id, flags);
  const agent = await withOrWithoutDaemon<AgentView>(
    context,
    (client) => client.call('POST /agents', { body }),
    async () => (await import('../offline-agents.ts')).createAgentFiles(context, body),
  );
  context.output.result(agent, () => `${id} is created`);
  if (context.remote === null) context.output.note(`Who it is stands in ${join(context.instance.root, 'agents', id)}`);
  return EXIT.ok;
}

function toBody(id: string, { displayName, role, default: isDefault, template }: CreateFlags): NewAgent {
  return {
    id,
    ...(displayName === undefined ? {} : { display_name: displayName }),
    ...(role === undefined ? {} : { role }),
    ...(isDefault === true ? { default: true } : {}),
    ...(template === undefined ? {} : { template }),
  };
}

/** Before anything is asked or read: the argument itself is wrong. */
function requireAgentId(id: string): void {
  if (AGENT_ID_PATTERN.test(id)) return;
  throw new CliError('invalid_agent_id', `"${id}" cannot be an agent's id`, {
    hint: 'Use a-z, 0-9, "-" and "_", at most 63 characters, beginning with a letter or digit.',
  });
}
