/** Names of webhook conversations: short as the caller writes them, full as everybody else knows them. */

import { type AdapterKey, type ConversationId, trusted } from '../../core/ids.ts';

const NATIVE = /^[A-Za-z0-9._-]{1,128}$/;

export interface WebhookConversation {
  /** As the caller writes it. */
  readonly native: string;
  readonly id: ConversationId;
}

/** Takes the short and the full form; `null` for anything else. */
export function parseConversation(given: string, adapterKey: AdapterKey): WebhookConversation | null {
  const prefix = `${adapterKey}:`;
  const native = given.startsWith(prefix) ? given.slice(prefix.length) : given;
  return NATIVE.test(native) ? { native, id: trusted<ConversationId>(`${prefix}${native}`) } : null;
}
