/** What the runner asks of the load driver and what it gets back. */

export interface LoadOptions {
  /** Base URL of the webhook. */
  readonly url: string;
  /** Conversations at once; each sends its next message when the last is answered. */
  readonly conversations: number;
  /** In all, spread evenly. */
  readonly messages: number;
  /** Conversation ids start with it. */
  readonly prefix: string;
}

/** From just before the message is sent until its reply is read; milliseconds since the epoch with fractions. */
export interface Exchange {
  readonly from: number;
  readonly to: number;
}
