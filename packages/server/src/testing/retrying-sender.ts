/** A caller of the webhook that does not give up: it repeats under the same key until it is answered, through kills and restarts. */

import { setTimeout as wait } from 'node:timers/promises';
import { isAccepted, type WebhookAccepted, type WebhookClient } from './webhook-client.ts';

export interface SentMessage {
  readonly conversation: string;
  readonly key: string;
  readonly content: string;
  readonly accepted: WebhookAccepted;
}

export interface KeyedMessage {
  readonly conversation: string;
  readonly key: string;
  readonly content: string;
}

const PAUSE_MS = 15;

/** Throws for an answer that is no acceptance and no request to come again. */
export async function sendUntilAccepted(webhook: WebhookClient, message: KeyedMessage, signal: AbortSignal): Promise<SentMessage> {
  const body = { conversation_id: message.conversation, content: message.content, idempotency_key: message.key };
  for (;;) {
    signal.throwIfAborted();
    const answer = await webhook.send(body, signal).catch((error: unknown) => {
      // `fetch` throws TypeError, and a cut body SyntaxError, when the other side dies.
      if (error instanceof TypeError || error instanceof SyntaxError) return null;
      throw error;
    });
    if (answer !== null && isAccepted(answer.body)) return { ...message, accepted: answer.body };
    if (answer !== null && answer.status !== 503 && answer.status !== 429) throw new Error(`refused: ${JSON.stringify(answer)}`);
    await wait(PAUSE_MS, undefined, { signal });
  }
}
