/** `spacebot agents list` and `show`. */

import type { AgentPage, AgentView } from '../agent-view.ts';
import type { CommandContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { formatFields, formatRelativeTime, formatTable } from '../format.ts';
import { withOrWithoutDaemon } from '../offline.ts';
import type { Output } from '../output.ts';
import type { Paint } from '../paint.ts';
import { noteNextPage, type PageFlags } from './channels.ts';
import { paintState } from './status.ts';

export async function listAgents(context: CommandContext, flags: PageFlags): Promise<number> {
  const { output } = context;
  const page = await withOrWithoutDaemon<AgentPage>(
    context,
    (client) => client.call('GET /agents', { query: { limit: flags.limit, cursor: flags.cursor } }),
    async () => (await import('../offline-agents.ts')).listAgentFiles(context, flags.limit),
  );
  output.result(page, () => renderList(page.items, output));
  noteNextPage(output, page.next_cursor);
  return EXIT.ok;
}

function renderList(agents: readonly AgentView[], { paint }: Output): string {
  const rows = agents.map((agent) => [
    agent.default ? `${paint.strong(agent.id)} ${paint.faint('(default)')}` : agent.id,
    agent.display_name,
    paintAgentState(agent, paint),
    count(agent.counts.conversations),
    count(agent.counts.memories),
    agent.role,
  ]);
  return formatTable(['AGENT', 'NAME', 'STATE', 'CONVERSATIONS', 'MEMORIES', 'ROLE'], rows, paint.faint);
}

function paintAgentState({ paused, state }: AgentView, paint: Paint): string {
  return paintState(paused ? 'paused' : state, paint);
}

function count(amount: number | null): string {
  return amount === null ? '-' : String(amount);
}

export async function showAgent(context: CommandContext, id: string): Promise<number> {
  const agent = await withOrWithoutDaemon<AgentView>(
    context,
    (client) => client.call('GET /agents/{agent_id}', { params: { agent_id: id } }),
    async () => (await import('../offline-agents.ts')).showAgentFiles(context, id),
  );
  context.output.result(agent, () => renderAgent(agent, context));
  return EXIT.ok;
}

function renderAgent(agent: AgentView, { output, host }: CommandContext): string {
  const { paint } = output;
  const models = Object.entries(agent.routing).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1].includes('/'),
  );
  const fields: (readonly [string, string])[] = [
    ['Agent', agent.default ? `${agent.id} ${paint.faint('(default)')}` : agent.id],
    ['Name', agent.display_name],
    ['Role', agent.role === '' ? '-' : agent.role],
    ['State', paintAgentState(agent, paint) + (agent.pause_reason === null ? '' : `  ${agent.pause_reason}`)],
    ['Autonomy', agent.autonomy_level],
    ['Workspace', agent.workspace],
    ['Created', formatRelativeTime(agent.created_at, host.clock.now())],
    ['Conversations', count(agent.counts.conversations)],
    ['Memories', count(agent.counts.memories)],
    ['Cron jobs', count(agent.counts.cron_jobs)],
    ['Skills', count(agent.counts.skills)],
    ...models.map(([slot, model]) => [`Model, ${slot}`, model] as const),
  ];
  return formatFields(fields, paint.faint);
}
