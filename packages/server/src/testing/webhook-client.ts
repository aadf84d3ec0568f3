/** A program at the webhook, as a test speaks for it: it sends, polls, and says what it heard. */

export interface WebhookReply {
  readonly seq: number;
  readonly id: string;
  readonly type: 'message' | 'file' | 'reaction' | 'error';
  readonly content?: string;
  readonly code?: string;
  readonly message?: string;
  readonly emoji?: string;
  readonly message_id?: string;
  readonly in_reply_to: string;
  readonly turn_id: string;
  readonly created_at: string;
}

export interface WebhookAccepted {
  readonly accepted: true;
  readonly message_id: string;
  readonly conversation_id: string;
  readonly turn_id: string;
  readonly duplicate: boolean;
  readonly after: number;
  readonly state?: 'completed' | 'failed';
  readonly messages?: readonly WebhookReply[];
}

export interface WebhookPage {
  readonly messages: readonly WebhookReply[];
  readonly next_after: number;
  readonly more: boolean;
  readonly state: 'idle' | 'queued' | 'running' | 'waiting_for_approval';
}

export interface WebhookAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** The parsed body. */
  readonly body: unknown;
}

export type SendFields = Readonly<Record<string, unknown>>;

const CONVERSATION = 'talk';
const WAIT_SECS = 20;

export class WebhookClient {
  readonly url: string;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(url: string, headers: Readonly<Record<string, string>> = {}) {
    this.url = url;
    this.#headers = headers;
  }

  /** `POST /send` with whatever body, answered in whatever way; throws TypeError when there is no answer. */
  async send(body: string | SendFields, signal?: AbortSignal): Promise<WebhookAnswer> {
    const response = await fetch(`${this.url}/send`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...this.#headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
      ...(signal === undefined ? {} : { signal }),
    });
    return { status: response.status, headers: response.headers, body: await response.json() };
  }

  /** Sends and expects to be accepted. */
  async says(content: string, fields: SendFields = {}): Promise<WebhookAccepted> {
    const { status, body } = await this.send({ conversation_id: CONVERSATION, content, ...fields });
    if (!isAccepted(body)) throw new Error(`/send answered ${status}: ${JSON.stringify(body)}`);
    return body;
  }

  /** Sends, waits for the end of the turn and gives what was answered. */
  async asks(content: string, fields: SendFields = {}): Promise<readonly WebhookReply[]> {
    const accepted = await this.says(content, { wait_s: WAIT_SECS, ...fields });
    if (accepted.messages === undefined) throw new Error(`the turn of ${JSON.stringify(content)} did not end in time`);
    return accepted.messages;
  }

  async poll(conversation = CONVERSATION, query = 'after=0&limit=200'): Promise<WebhookPage> {
    const response = await fetch(`${this.url}/poll/${conversation}?${query}`, { headers: this.#headers });
    const text = await response.text();
    if (!response.ok) throw new Error(`/poll answered ${response.status}: ${text}`);
    return JSON.parse(text);
  }

  /** Every reply so far; with `count`, waits until there are so many. */
  async replies(count = 0, conversation = CONVERSATION): Promise<readonly WebhookReply[]> {
    const found: WebhookReply[] = [];
    for (;;) {
      const page = await this.poll(
        conversation,
        `after=${found.at(-1)?.seq ?? 0}&limit=200&wait_s=${found.length < count ? WAIT_SECS : 0}`,
      );
      found.push(...page.messages);
      if (page.messages.length === 0) {
        if (found.length >= count) return found;
        throw new Error(`heard ${found.length} of ${count} replies: ${JSON.stringify(found)}`);
      }
    }
  }

  /** The texts of the replies, in order; with `count`, waits until there are so many. */
  async heard(count = 0, conversation = CONVERSATION): Promise<string[]> {
    return (await this.replies(count, conversation)).map(({ content, message, emoji }) => content ?? message ?? emoji ?? '');
  }
}

export function isAccepted(body: unknown): body is WebhookAccepted {
  return typeof body === 'object' && body !== null && 'accepted' in body;
}
