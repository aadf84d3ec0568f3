/** Conversations over all agents, for the API. */

import { InputError, NotFoundError } from '../../core/errors.ts';
import type { Place } from '../../core/messages.ts';
import type { ConversationRow } from '../../storage/agent/records.ts';
import type { CancelReport, ChannelFilter, ChannelsPort, PageRequest, PageResult } from '../api-services.ts';
import type { OpenAgent, OpenAgents } from '../open-agents.ts';
import { channelState, channelView, messageView, outboundView } from '../views.ts';
import { listTimeline } from './timeline.ts';

export interface ChannelsDeps {
  readonly agents: OpenAgents;
  /** A sentence why a model name cannot be used, or `null`. */
  readonly checkModel: (agentId: string, name: string) => string | null;
}

export function createChannelsPort({ agents, checkModel }: ChannelsDeps): ChannelsPort {
  const find = (agentId: string, conversationId: string) => {
    const agent = agents.require(agentId);
    return { agent, row: requireConversation(agent, conversationId) };
  };
  const view = (agent: OpenAgent, row: ConversationRow) => viewOf(agent, row);
  return {
    list: async (filter, page) => listChannels(agents, filter, page),
    get: async (agentId, conversationId) => {
      const { agent, row } = find(agentId, conversationId);
      return view(agent, row);
    },
    async update(agentId, conversationId, change, expected) {
      const { agent } = find(agentId, conversationId);
      const refusal = typeof change.settings?.model === 'string' ? checkModel(agentId, change.settings.model) : null;
      if (refusal !== null) throw new NotFoundError('model_not_found', refusal);
      const patch = {
        ...(change.display_name === undefined ? {} : { displayName: change.display_name }),
        ...(change.settings === undefined ? {} : { settings: change.settings }),
      };
      return view(agent, await agent.spine.patchConversation(conversationId, patch, expected === undefined ? undefined : Number(expected)));
    },
    async delete(agentId, conversationId, expected) {
      const { agent } = find(agentId, conversationId);
      if (expected !== undefined) await agent.spine.patchConversation(conversationId, {}, Number(expected));
      await stopEverything(agent, conversationId, 'all');
      await agent.spine.eraseConversation(conversationId);
    },
    async setArchived(agentId, conversationId, archived) {
      const { agent } = find(agentId, conversationId);
      return view(agent, await agent.spine.patchConversation(conversationId, { archived }));
    },
    async reset(agentId, conversationId) {
      const { agent } = find(agentId, conversationId);
      return view(agent, await agent.spine.startSession(conversationId));
    },
    async messages(agentId, conversationId, filter, page) {
      const { agent } = find(agentId, conversationId);
      const rows = readMessages(agent, conversationId, filter, page);
      const ascending = filter.afterSeq !== undefined;
      const edge = ascending ? rows.at(-1) : rows[0];
      const next = rows.length === page.limit && edge ? [edge.seq] : null;
      return { items: rows.map((row) => messageView(agentId, row)), next };
    },
    async deleteMessage(agentId, conversationId, messageId) {
      const { agent } = find(agentId, conversationId);
      await agent.spine.eraseMessage(conversationId, messageId);
    },
    async sendAsOperator(agentId, conversationId, message) {
      const { agent, row } = find(agentId, conversationId);
      const draft = { id: row.id, adapterKey: row.adapter_key, displayName: row.display_name, place: JSON.parse(row.place) as Place };
      const id = await agent.spine.operatorSend(draft, { text: message.content, replyToId: message.replyToId, key: message.key });
      const delivery = agent.spine.delivery(id);
      if (!delivery) throw new NotFoundError('delivery_not_found', 'The delivery is gone.');
      return outboundView(agentId, delivery);
    },
    async timeline(agentId, conversationId, kinds, page) {
      const { agent } = find(agentId, conversationId);
      return listTimeline(agent, conversationId, kinds, page);
    },
    async cancel(agentId, conversationId, scope) {
      const { agent } = find(agentId, conversationId);
      return stopEverything(agent, conversationId, scope);
    },
    async attachment(agentId, attachmentId) {
      const agent = agents.require(agentId);
      const row = agent.spine.attachment(attachmentId);
      if (!row) throw new NotFoundError('attachment_not_found', 'There is no such file.');
      return { filename: row.filename, mimeType: row.mime_type, size: row.size, content: agent.blobs.read(row.sha256) };
    },
  };
}

export function requireConversation(agent: OpenAgent, conversationId: string): ConversationRow {
  const row = agent.spine.conversation(conversationId);
  if (!row) throw new NotFoundError('conversation_not_found', 'There is no such conversation.');
  return row;
}

export function viewOf(agent: OpenAgent, row: ConversationRow) {
  return channelView(agent.id, agent.spine, row, agent.runtime.running(row.id)?.turnId ?? null);
}

/** Ends the turns in the tables first, then whatever still works for them. */
export async function stopEverything(agent: OpenAgent, conversationId: string, scope: 'turn' | 'all'): Promise<CancelReport> {
  const ended = await agent.spine.cancelTurns(conversationId, scope, 'Stopped by the operator.');
  agent.runtime.abort(conversationId, ended);
  return { turn: ended.length > 0, workers: 0, branches: 0 };
}

/** Merges the agents' lists by activity, newest first; a page ends with the activity and id of its last row. */
export function listChannels(agents: OpenAgents, filter: ChannelFilter, page: PageRequest): PageResult<ReturnType<typeof viewOf>> {
  const chosen = filter.agent_id === undefined ? agents.all() : [agents.require(filter.agent_id)];
  const before = page.after === null ? undefined : readCursor(page.after);
  const rows = chosen.flatMap((agent) => matching(agent, filter, before, page.limit + 1));
  rows.sort((left, right) => right.row.last_activity_at - left.row.last_activity_at || (left.row.id < right.row.id ? 1 : -1));
  const shown = rows.slice(0, page.limit);
  const last = rows.length > page.limit ? shown.at(-1) : undefined;
  return { items: shown.map(({ agent, row }) => viewOf(agent, row)), next: last ? [last.row.last_activity_at, last.row.id] : null };
}

function readCursor(key: readonly (string | number)[]): { at: number; id: string } {
  const [at, id] = key;
  if (typeof at !== 'number' || typeof id !== 'string') throw new InputError('invalid_cursor', 'The cursor does not belong to this list.');
  return { at, id };
}

interface Found {
  readonly agent: OpenAgent;
  readonly row: ConversationRow;
}

/** Reads on until enough rows match or none is left. */
function matching(agent: OpenAgent, filter: ChannelFilter, start: { at: number; id: string } | undefined, wanted: number): Found[] {
  const found: Found[] = [];
  for (let before = start; found.length < wanted; ) {
    const rows = agent.spine.conversations({ ...(before === undefined ? {} : { before }), limit: 200 });
    for (const row of rows) if (matches(agent, row, filter)) found.push({ agent, row });
    const last = rows.at(-1);
    if (!last || rows.length < 200) break;
    before = { at: last.last_activity_at, id: last.id };
  }
  return found.slice(0, wanted);
}

function matches(agent: OpenAgent, row: ConversationRow, filter: ChannelFilter): boolean {
  if (filter.platform !== undefined && row.adapter_key.split(':', 1)[0] !== filter.platform) return false;
  if (filter.state !== undefined && channelState(row, agent.runtime.running(row.id)?.turnId ?? null) !== filter.state) return false;
  if (filter.q === undefined) return true;
  const wanted = filter.q.toLowerCase();
  return row.id.toLowerCase().includes(wanted) || (row.display_name ?? '').toLowerCase().includes(wanted);
}

function readMessages(agent: OpenAgent, conversationId: string, filter: Parameters<ChannelsPort['messages']>[2], page: PageRequest) {
  const cursor = page.after === null ? undefined : Number(page.after[0]);
  const ascending = filter.afterSeq !== undefined;
  const before = ascending ? filter.beforeSeq : (cursor ?? filter.beforeSeq);
  const after = ascending ? (cursor ?? filter.afterSeq) : undefined;
  return agent.spine.messages(conversationId, {
    limit: page.limit,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    ...(filter.q === undefined ? {} : { text: filter.q }),
  });
}
