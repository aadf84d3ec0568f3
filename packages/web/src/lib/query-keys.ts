/** The names of everything in the query cache, in one place so that queries and the event stream agree. */

export interface ChannelFilter {
  readonly agent_id?: string | undefined;
  readonly platform?: string | undefined;
  readonly state?: string | undefined;
  readonly q?: string | undefined;
}

export const queryKeys = {
  session: ['session'],
  status: ['status'],
  agents: ['agents'],
  identity: (agentId: string) => ['identity', agentId],
  config: ['config'],
  channelLists: ['channels'],
  channelList: (filter: ChannelFilter) => ['channels', filter],
  channel: (agentId: string, conversationId: string) => ['channel', agentId, conversationId],
  messages: (agentId: string, conversationId: string) => ['messages', agentId, conversationId],
  tail: (agentId: string, conversationId: string) => ['tail', agentId, conversationId],
  turns: (agentId: string, conversationId: string) => ['turns', agentId, conversationId],
  live: (agentId: string, conversationId: string) => ['live', agentId, conversationId],
} as const;
