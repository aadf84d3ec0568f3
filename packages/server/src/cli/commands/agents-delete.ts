/** `spacebot agents delete`: says what goes, asks, and keeps a way back. */

import { join } from 'node:path';
import { confirm } from '../confirm.ts';
import type { CommandContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { formatCount } from '../format.ts';
import { withOrWithoutDaemon } from '../offline.ts';

export interface DeleteFlags {
  readonly yes?: boolean;
  readonly purge?: boolean;
}

export async function deleteAgent(context: CommandContext, id: string, flags: DeleteFlags): Promise<number> {
  const purge = flags.purge === true;
  const files = purge ? 'Its files go to the trash for 7 days.' : 'Its files stay.';
  const question = `Delete agent ${id}${await describeLoss(context, id)}? ${files}`;
  if (!(await confirm(context, flags.yes, question))) return EXIT.failure;
  await withOrWithoutDaemon(
    context,
    (client) => client.call('DELETE /agents/{agent_id}', { params: { agent_id: id }, query: { purge } }),
    async () => (await import('../offline-agents.ts')).deleteAgentFiles(context, id, purge),
  );
  context.output.result({ deleted: true, id, purged: purge }, () => `${id} is deleted`);
  if (context.remote === null) context.output.note(describeFate(context, id, purge));
  return EXIT.ok;
}

/** Also finds out, before anyone is asked, that the agent is not there. */
async function describeLoss(context: CommandContext, id: string): Promise<string> {
  return withOrWithoutDaemon(
    context,
    async (client) => {
      const { counts } = await client.call('GET /agents/{agent_id}', { params: { agent_id: id } });
      const parts = [formatCount(counts.conversations, 'conversation'), formatCount(counts.memories, 'memory', 'memories')];
      return ` with ${parts.join(' and ')}`;
    },
    async () => (await import('../offline-agents.ts')).describeRemoval(context, id),
  );
}

function describeFate({ instance }: CommandContext, id: string, purge: boolean): string {
  return purge
    ? `Its files are in ${join(instance.root, 'data', 'trash')} for 7 days.`
    : `Its files are still in ${join(instance.root, 'agents', id)}.`;
}
