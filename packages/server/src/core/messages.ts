/** What comes in from a platform and what goes out to it, in one shape for every adapter. */

import type { AdapterKey, AgentId, ConversationId, IdempotencyKey } from './ids.ts';

/** The exact place of a talk: which account, which thread. */
export interface ConversationAddress {
  readonly adapterKey: AdapterKey;
  readonly conversationId: ConversationId;
}

export interface Sender {
  /** The platform's own id of the person; authority is decided by it and never by the name. */
  readonly id: string;
  readonly name: string;
  readonly isBot: boolean;
}

/** A file whose bytes lie in the agent's blob store under their SHA-256. */
export interface Attachment {
  readonly id: string;
  readonly filename: string;
  readonly mimeType: string;
  /** Bytes. */
  readonly size: number;
  readonly sha256: string;
}

/** A file as an adapter hands it over, before it is stored. */
export interface IncomingFile {
  readonly filename: string;
  readonly mimeType: string;
  readonly bytes: Uint8Array;
}

/** Why a message counts as spoken to the bot, if it does (CH-22). */
export type Addressed = 'direct' | 'mention' | 'reply' | 'command' | 'thread' | 'no';

/** The place in the platform's words, for bindings and for people. */
export interface Place {
  readonly isDirect: boolean;
  readonly serverId?: string;
  readonly serverName?: string;
  readonly channelId?: string;
  readonly parentChannelId?: string;
  readonly channelName?: string;
}

export interface InboundMessage {
  readonly address: ConversationAddress;
  /** The platform's id of this message; with the address it is unique, and a repeat starts nothing. `null`: the platform has none. */
  readonly platformMessageId: string | null;
  readonly sender: Sender;
  readonly place: Place;
  /** Plain text or Markdown, UTF-8, at most 65,536 bytes. */
  readonly text: string;
  readonly files: readonly IncomingFile[];
  readonly addressed: Addressed;
  readonly replyToPlatformId?: string;
  /** The agent a caller asked for by name; the router decides whether that is allowed. */
  readonly requestedAgent?: AgentId;
  /** Milliseconds. */
  readonly receivedAt: number;
  readonly metadata?: Readonly<Record<string, string>>;
  /** Milliseconds for which the platform id counts as taken; absent: for ever. */
  readonly idLifetimeMs?: number;
  /** Newest reply number on the platform's side before this message; kept with it and given back, also to a repeat. */
  readonly afterReply?: number;
}

/** One durable thing to send. */
export type OutboundItem =
  | { readonly type: 'text'; readonly text: string; readonly inReplyTo: string | null }
  | { readonly type: 'reaction'; readonly emoji: string; readonly messageId: string; readonly platformMessageId: string | null }
  | { readonly type: 'notice'; readonly text: string; readonly code: string; readonly inReplyTo: string | null };

/** One durable item as an adapter sees it. */
export interface OutboundPart {
  readonly deliveryId: string;
  readonly agentId: AgentId;
  readonly turnId: string | null;
  readonly messageId: string | null;
  readonly item: OutboundItem;
  /** Milliseconds. */
  readonly createdAt: number;
}

/** Live signals: never stored, lost without harm. */
export type OutboundSignal =
  | { readonly type: 'typing'; readonly on: boolean }
  | { readonly type: 'stream-start'; readonly messageId: string }
  | { readonly type: 'stream-chunk'; readonly messageId: string; readonly text: string }
  | { readonly type: 'stream-end'; readonly messageId: string };

export interface DeliveryReceipt {
  readonly platformMessageId: string | null;
}

export interface DeliveryRequest {
  readonly address: ConversationAddress;
  readonly part: OutboundPart;
  readonly key: IdempotencyKey;
}
