/** Talking to an agent from this page. */

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '../api.ts';
import { applyMessage } from '../events/apply-event.ts';
import { shorten } from '../format.ts';
import { queryKeys } from '../query-keys.ts';

const TITLE_LENGTH = 60;

export interface OutgoingMessage {
  readonly agentId: string;
  readonly sessionId: string;
  readonly content: string;
  /** The session does not exist yet and takes its title from this message. */
  readonly opensSession: boolean;
  /** The same for every attempt, so that a repeat after a lost answer is not said twice. */
  readonly key: string;
}

/** Accepts the message and returns; the answer comes over the event stream, whatever happens to this page meanwhile. */
export function useSendMessage() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ agentId, sessionId, content, opensSession, key }: OutgoingMessage) => {
      if (opensSession) await openSession(agentId, sessionId, content, key);
      return api.call('POST /agents/{agent_id}/portal/{session_id}/messages', {
        params: { agent_id: agentId, session_id: sessionId },
        body: { content },
        headers: { 'Idempotency-Key': key },
      });
    },
    onSuccess: ({ message }) => {
      if (!applyMessage(client, message)) void client.invalidateQueries({ queryKey: queryKeys.channelLists });
    },
  });
}

async function openSession(agentId: string, sessionId: string, content: string, key: string): Promise<void> {
  const title = shorten(content.split('\n', 1)[0]?.trim() || 'New chat', TITLE_LENGTH);
  await api.call('POST /agents/{agent_id}/portal', {
    params: { agent_id: agentId },
    body: { id: sessionId, title },
    headers: { 'Idempotency-Key': `${key}-open` },
  });
}

export function useCancelPortalTurn(agentId: string, sessionId: string) {
  return useMutation({
    mutationFn: () =>
      api.call('POST /agents/{agent_id}/portal/{session_id}/cancel', { params: { agent_id: agentId, session_id: sessionId } }),
  });
}
