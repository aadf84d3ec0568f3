/** Agents and the files that make them who they are. */

import type { Agent, FileDoc, Identity, IdentityPart } from '@spacebot/protocol/agents';
import { type QueryClient, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '../api.ts';
import { queryKeys } from '../query-keys.ts';

/** Agents are few: one page of the largest size holds them. */
const AGENTS_LIMIT = 200;

export function useAgents() {
  return useQuery({
    queryKey: queryKeys.agents,
    queryFn: async ({ signal }): Promise<readonly Agent[]> =>
      (await api.call('GET /agents', { query: { limit: AGENTS_LIMIT }, signal })).items,
  });
}

/** The agent that is meant when none is named. */
export function defaultAgentOf(agents: readonly Agent[]): Agent | undefined {
  return agents.find((agent) => agent.default) ?? agents[0];
}

function storeAgent(client: QueryClient, agent: Agent): Promise<void> {
  client.setQueryData<readonly Agent[]>(queryKeys.agents, (agents) => agents?.map((known) => (known.id === agent.id ? agent : known)));
  return client.invalidateQueries({ queryKey: queryKeys.status });
}

export interface NewAgent {
  readonly id: string;
  readonly display_name?: string;
  readonly role?: string;
}

export function useCreateAgent() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (agent: NewAgent) => api.call('POST /agents', { body: agent }),
    onSuccess: () => client.invalidateQueries({ queryKey: queryKeys.agents }),
  });
}

export function usePauseAgent(agentId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (reason: string | undefined) =>
      api.call('POST /agents/{agent_id}/pause', { params: { agent_id: agentId }, body: reason === undefined ? {} : { reason } }),
    onSuccess: (agent) => storeAgent(client, agent),
  });
}

export function useResumeAgent(agentId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => api.call('POST /agents/{agent_id}/resume', { params: { agent_id: agentId } }),
    onSuccess: (agent) => storeAgent(client, agent),
  });
}

export function useDeleteAgent(agentId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => api.call('DELETE /agents/{agent_id}', { params: { agent_id: agentId } }),
    onSuccess: () => client.invalidateQueries(),
  });
}

export function useIdentity(agentId: string) {
  return useQuery({
    queryKey: queryKeys.identity(agentId),
    queryFn: ({ signal }) => api.call('GET /agents/{agent_id}/identity', { params: { agent_id: agentId }, signal }),
  });
}

export interface IdentitySave {
  readonly part: IdentityPart;
  readonly content: string;
  /** The revision the edit began from; the server refuses when the file has moved on. */
  readonly revision: string;
}

export function useSaveIdentity(agentId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ part, content, revision }: IdentitySave) =>
      api.call('PUT /agents/{agent_id}/identity/{part}', {
        params: { agent_id: agentId, part },
        body: { content },
        headers: { 'If-Match': `"${revision}"` },
      }),
    // After a conflict the newer file is needed to decide with.
    onError: () => client.invalidateQueries({ queryKey: queryKeys.identity(agentId) }),
    onSuccess: (file: FileDoc, { part }) =>
      client.setQueryData<Identity>(queryKeys.identity(agentId), (identity) => (identity ? { ...identity, [part]: file } : undefined)),
  });
}
