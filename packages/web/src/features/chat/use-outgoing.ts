/** Messages of this page that the server has not accepted yet: shown at once, kept when sending fails, never said twice. */

import { useState } from 'react';
import { describeError } from '../../lib/api.ts';
import { useSendMessage } from '../../lib/queries/portal.ts';
import { newKey } from './new-session.ts';

export interface Outgoing {
  /** The idempotency key, kept over attempts. */
  readonly key: string;
  readonly content: string;
  /** `null` while it is being sent. */
  readonly error: string | null;
}

export function useOutgoing(agentId: string, sessionId: string, opensSession: boolean) {
  const [waiting, setWaiting] = useState<readonly Outgoing[]>([]);
  const { mutateAsync } = useSendMessage();

  const remove = (key: string) => setWaiting((list) => list.filter((item) => item.key !== key));
  const mark = (key: string, error: string | null) =>
    setWaiting((list) => list.map((item) => (item.key === key ? { ...item, error } : item)));
  const attempt = (key: string, content: string) => {
    mutateAsync({ agentId, sessionId, content, opensSession, key }).then(
      () => remove(key),
      (error: unknown) => mark(key, describeError(error).detail),
    );
  };
  return {
    waiting,
    send(content: string) {
      const key = newKey();
      setWaiting((list) => [...list, { key, content, error: null }]);
      attempt(key, content);
    },
    retry(item: Outgoing) {
      mark(item.key, null);
      attempt(item.key, item.content);
    },
    discard: (item: Outgoing) => remove(item.key),
  };
}
