/** Conversations: lists, one of them, and what can be done to it. */

import type { Channel, ChannelSettingsPatch } from '@spacebot/protocol/channels';
import type { Page } from '@spacebot/protocol/common';
import { type InfiniteData, type QueryClient, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '../api.ts';
import { mapChannels, type Pages } from '../events/message-pages.ts';
import { type ChannelFilter, queryKeys } from '../query-keys.ts';

const PAGE_SIZE = 100;

type ChannelPages = InfiniteData<Page<Channel>, string | undefined>;

export function useChannels(filter: ChannelFilter) {
  return useInfiniteQuery({
    queryKey: queryKeys.channelList(filter),
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }): Promise<Page<Channel>> =>
      api.call('GET /channels', { query: { ...filter, limit: PAGE_SIZE, cursor: pageParam }, signal }),
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    select: (data: ChannelPages) => data.pages.flatMap((page) => page.items),
  });
}

/** The two ids that name a channel. */
export interface ChannelKey {
  readonly agentId: string;
  readonly conversationId: string;
}

function paramsOf({ agentId, conversationId }: ChannelKey) {
  return { agent_id: agentId, conversation_id: conversationId };
}

export function useChannel(key: ChannelKey, enabled = true) {
  return useQuery({
    queryKey: queryKeys.channel(key.agentId, key.conversationId),
    enabled,
    queryFn: ({ signal }) => api.call('GET /agents/{agent_id}/channels/{conversation_id}', { params: paramsOf(key), signal }),
  });
}

function storeChannel(client: QueryClient, channel: Channel): void {
  client.setQueryData(queryKeys.channel(channel.agent_id, channel.id), channel);
  client.setQueriesData<Pages<Channel>>({ queryKey: queryKeys.channelLists }, (data) =>
    data ? mapChannels(data, (known) => (known.agent_id === channel.agent_id && known.id === channel.id ? channel : known)) : undefined,
  );
}

type ChannelAction = 'archive' | 'unarchive' | 'reset';

export function useChannelAction(key: ChannelKey) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (action: ChannelAction) => callAction(action, key),
    onSuccess: (channel) => {
      storeChannel(client, channel);
      void client.invalidateQueries({ queryKey: queryKeys.channelLists });
    },
  });
}

function callAction(action: ChannelAction, key: ChannelKey): Promise<Channel> {
  const input = { params: paramsOf(key) };
  switch (action) {
    case 'archive':
      return api.call('POST /agents/{agent_id}/channels/{conversation_id}/archive', input);
    case 'unarchive':
      return api.call('POST /agents/{agent_id}/channels/{conversation_id}/unarchive', input);
    case 'reset':
      return api.call('POST /agents/{agent_id}/channels/{conversation_id}/reset', input);
  }
}

export function useDeleteChannel(key: ChannelKey) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => api.call('DELETE /agents/{agent_id}/channels/{conversation_id}', { params: paramsOf(key) }),
    onSuccess: () => {
      for (const of of [queryKeys.channel, queryKeys.messages, queryKeys.tail, queryKeys.turns]) {
        client.removeQueries({ queryKey: of(key.agentId, key.conversationId) });
      }
      return client.invalidateQueries({ queryKey: queryKeys.channelLists });
    },
  });
}

export interface ChannelChange {
  readonly display_name?: string;
  readonly settings?: ChannelSettingsPatch;
}

export function useUpdateChannel(key: ChannelKey) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (change: ChannelChange) =>
      api.call('PATCH /agents/{agent_id}/channels/{conversation_id}', { params: paramsOf(key), body: change }),
    onSuccess: (channel) => storeChannel(client, channel),
  });
}

export function useCancelTurn(key: ChannelKey) {
  return useMutation({
    mutationFn: () =>
      api.call('POST /agents/{agent_id}/channels/{conversation_id}/cancel', { params: paramsOf(key), body: { scope: 'turn' } }),
  });
}
