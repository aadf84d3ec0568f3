/** What messaging needs from the parts above and beside it. */

import type { ConfigSnapshot } from '../config/snapshot.ts';
import type { AdapterKey, AgentId, ConversationId } from '../core/ids.ts';
import type { InboundMessage, Sender } from '../core/messages.ts';
import type { MessagingAdapter } from '../core/messaging-adapter.ts';
import type { AgentSpine } from '../storage/agent/agent-spine.ts';
import type { BlobStore } from '../storage/blob-store.ts';

/** One open agent. */
export interface AgentHandle {
  readonly id: AgentId;
  readonly spine: AgentSpine;
  readonly blobs: BlobStore;
  /** Why the agent takes no new turns, or `null` while it does. The reason may be empty. */
  readonly paused: string | null;
}

export interface AgentDirectory {
  /** Undefined for an agent that is not configured, not open yet, or closed. */
  get(agentId: string): AgentHandle | undefined;
  all(): Iterable<AgentHandle>;
}

/** What commands may do to running channels. */
export interface ChannelControl {
  /** The turns were ended in the tables; whatever still works for them must stop. Must not throw. */
  abort(agentId: AgentId, conversationId: ConversationId, turnIds: readonly string[]): void;
  /** The model the next turn of this conversation would ask, or `null` when no provider is set up. */
  model(agentId: AgentId, conversationId: ConversationId): string | null;
  /** A sentence why this name cannot be used, or `null` when it can. */
  checkModel(agentId: AgentId, name: string): string | null;
  /** Durable before it resolves. Setting what is set already does nothing. */
  setAgentPaused(agentId: AgentId, paused: boolean, reason: string | null): Promise<void>;
}

/** Which agents ever took messages of a conversation: written before the first one, so that a repeat finds the agent that holds the original. */
export interface OwnerHints {
  /** Resolves once durable; at once for a pair that is known. */
  register(adapterKey: AdapterKey, conversationId: ConversationId, agentId: AgentId): Promise<void>;
  agentsOf(adapterKey: AdapterKey, conversationId: ConversationId): readonly string[];
}

export interface Rejection {
  readonly adapterKey: AdapterKey;
  readonly conversationId: ConversationId;
  readonly sender: Sender;
  readonly code: string;
  readonly reason: string;
  /** Milliseconds. */
  readonly at: number;
}

export interface AdmissionRefusal extends Rejection {
  /** A binding, ready to be created, that would let the place in. */
  readonly binding: Readonly<Record<string, unknown>>;
}

export type AdapterState = 'disabled' | 'starting' | 'connected' | 'degraded' | 'auth_failed' | 'error' | 'stopped' | 'unsupported';

export interface AdapterFailure {
  readonly code: string;
  readonly message: string;
}

export interface AdapterStateChange {
  readonly key: AdapterKey;
  readonly state: AdapterState;
  readonly previous: AdapterState;
  readonly error: AdapterFailure | null;
}

/** Told about everything that is counted, listed or shown; must not throw. */
export interface MessagingObserver {
  messageReceived(agentId: AgentId, message: InboundMessage): void;
  messageDuplicate(message: InboundMessage): void;
  /** No agent took it: a row without content, kept for a while. */
  messageRejected(rejection: Rejection): void;
  /** An addressed message was refused in this place, told once per place and day. */
  admissionRefused(refusal: AdmissionRefusal): void;
  deliveryAttempted(adapterKey: AdapterKey, result: 'delivered' | 'retrying' | 'ambiguous' | 'dead'): void;
  messageSent(agentId: AgentId, adapterKey: AdapterKey): void;
  adapterStateChanged(change: AdapterStateChange): void;
}

/** How delivery reaches the adapters that run. */
export interface AdapterAccess {
  get(key: AdapterKey): { readonly adapter: MessagingAdapter; readonly isReady: boolean } | undefined;
  /** The platform refused our credentials during a send. */
  authFailed(key: AdapterKey, failure: AdapterFailure): void;
  onReady(listener: (key: AdapterKey) => void): void;
}

export type ReadConfig = () => ConfigSnapshot;
