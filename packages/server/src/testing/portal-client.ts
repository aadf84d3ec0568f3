/** The operator at the portal, as a test speaks for them, over the typed client of the protocol. */

import type { Client } from '@spacebot/protocol/client';
import type { PortalAccepted, PortalAnswer } from '@spacebot/protocol/endpoints/portal';
import type { SpacebotEvent } from '@spacebot/protocol/events';
import type { Message } from '@spacebot/protocol/messages';

const SEND = 'POST /agents/{agent_id}/portal/{session_id}/messages';

export interface PortalPlace {
  readonly agent?: string;
  readonly session?: string;
}

export interface PortalOptions extends PortalPlace {
  readonly attachments?: string[];
  readonly key?: string;
}

export class PortalClient {
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  /** 202: accepted, the turn goes its way. */
  async says(content: string, options: PortalOptions = {}): Promise<PortalAccepted> {
    const answer = await this.#client.call(SEND, this.#input(content, options, 0));
    if ('messages' in answer) throw new Error('the portal waited although it was not asked to');
    return answer;
  }

  /** 200: waits for the end of the turn. */
  async asks(content: string, options: PortalOptions = {}): Promise<PortalAnswer> {
    const answer = await this.#client.call(SEND, this.#input(content, options, 20));
    if (!('messages' in answer)) throw new Error(`the turn of ${JSON.stringify(content)} did not end in time`);
    return answer;
  }

  /** The stream of the turn's events, to its end. */
  async streams(content: string, options: PortalOptions = {}): Promise<SpacebotEvent[]> {
    const events: SpacebotEvent[] = [];
    for await (const event of this.#client.stream(SEND, this.#input(content, options, 0))) events.push(event);
    return events;
  }

  /** Everything said in the session, in order. */
  async history({ agent = 'main', session = 'story' }: PortalPlace = {}): Promise<readonly Message[]> {
    const params = { agent_id: agent, conversation_id: `portal:chat:${agent}:${session}` };
    const page = await this.#client.call('GET /agents/{agent_id}/channels/{conversation_id}/messages', { params, query: { limit: 200 } });
    return page.items;
  }

  #input(content: string, { agent = 'main', session = 'story', attachments, key }: PortalOptions, waitSecs: number) {
    return {
      params: { agent_id: agent, session_id: session },
      body: { content, wait_secs: waitSecs, ...(attachments === undefined ? {} : { attachments }) },
      ...(key === undefined ? {} : { headers: { 'Idempotency-Key': key } }),
    };
  }
}
