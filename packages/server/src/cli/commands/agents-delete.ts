/** `spacebot agents delete`: says what goes, asks, and keeps a way back. */

import { join } from 'node:path';
import { removeAgentEntry } from '../../config/agent-entries.ts';
import { findAgent } from '../../config/snapshot.ts';
import { moveToTrash } from '../agent-files.ts';
import { CliError } from '../cli-error.ts';
import { confirm } from '../confirm.ts';
import type { CommandContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { formatCount } from '../format.ts';
import { withOrWithoutDaemon } from '../offline.ts';
import { openConfig, readSnapshot } from '../open-config.ts';

export interface DeleteFlags {
  readonly yes?: boolean;
  readonly purge?: boolean;
}

export async function deleteAgent(context: CommandContext, id: string, flags: DeleteFlags): Promise<number> {
  const purge = flags.purge === true;
  const question = await describeLoss(context, id, purge);
  if (!(await confirm(context, flags.yes, question))) return EXIT.failure;
  await withOrWithoutDaemon(
    context,
    (client) => client.call('DELETE /agents/{agent_id}', { params: { agent_id: id }, query: { purge } }),
    () => deleteOffline(context, id, purge),
  );
  context.output.result({ deleted: true, id, purged: purge }, () => `${id} is deleted`);
  if (context.remote === null) context.output.note(describeFate(context, id, purge));
  return EXIT.ok;
}

/** Also finds out, before anyone is asked, that the agent is not there. */
async function describeLoss(context: CommandContext, id: string, purge: boolean): Promise<string> {
  const files = purge ? 'Its files go to the trash for 7 days.' : 'Its files stay.';
  return withOrWithoutDaemon(
    context,
    async (client) => {
      const { counts } = await client.call('GET /agents/{agent_id}', { params: { agent_id: id } });
      const parts = [formatCount(counts.conversations, 'conversation'), formatCount(counts.memories, 'memory', 'memories')];
      return `Delete agent ${id} with ${parts.join(' and ')}? ${files}`;
    },
    async () => {
      const snapshot = await readSnapshot(openConfig(context));
      if (findAgent(snapshot, id) === undefined) throw new CliError('agent_not_found', `There is no agent "${id}".`);
      if (snapshot.agents.length === 1) throw new CliError('last_agent', `"${id}" is the last agent; create another one first.`);
      const bindings = snapshot.values.bindings.filter((binding) => binding.agent_id === id).length;
      return `Delete agent ${id}${bindings === 0 ? '' : ` and ${formatCount(bindings, 'binding')} to it`}? ${files}`;
    },
  );
}

async function deleteOffline(context: CommandContext, id: string, purge: boolean): Promise<void> {
  await removeAgentEntry(openConfig(context), id);
  if (purge) await moveToTrash(context.instance.root, id, context.host.clock.now());
}

function describeFate({ instance }: CommandContext, id: string, purge: boolean): string {
  return purge
    ? `Its files are in ${join(instance.root, 'data', 'trash')} for 7 days.`
    : `Its files are still in ${join(instance.root, 'agents', id)}.`;
}
