/** The port every messaging platform implements, and what the platform gets from us. */

import type { z } from 'zod';
import type { Clock } from './clock.ts';
import type { AdapterKey } from './ids.ts';
import type { Logger } from './logger.ts';
import type { ConversationAddress, DeliveryReceipt, DeliveryRequest, InboundMessage, OutboundSignal } from './messages.ts';

/** How a send with an unknown outcome is settled: send again under the same key, look it up, or not at all. */
export type ReconcileKind = 'key' | 'lookup' | 'none';

export interface AdapterCapabilities {
  readonly edit: boolean;
  readonly typing: boolean;
  readonly reactions: boolean;
  readonly threads: boolean;
  readonly filesIn: boolean;
  readonly filesOut: boolean;
  readonly buttons: boolean;
  readonly history: boolean;
  /** Longest text of one part and the unit it is counted in; `null`: no limit. */
  readonly text: { readonly limit: number; readonly unit: 'utf16' | 'characters' | 'bytes' } | null;
  readonly reconcile: ReconcileKind;
}

export type ReceiveResult =
  | {
      readonly outcome: 'accepted';
      readonly agentId: string;
      readonly messageId: string;
      readonly turnId: string;
      /** The message had been stored before; nothing new was started. */
      readonly duplicate: boolean;
      /** What `InboundMessage.afterReply` said when the message first came. */
      readonly afterReply: number | null;
    }
  /** Handled without a turn: a control command, or a message that is only observed. */
  | {
      readonly outcome: 'handled';
      readonly agentId: string;
      readonly messageId: string;
      readonly turnId: string;
      readonly duplicate: boolean;
      readonly afterReply: number | null;
    }
  /** No agent took it; `code` is a stable error code, `reason` a sentence. */
  | { readonly outcome: 'rejected'; readonly code: string; readonly reason: string };

export interface TurnOutcome {
  readonly state: 'completed' | 'failed' | 'cancelled';
  readonly error: { readonly code: string; readonly message: string } | null;
}

export interface AdapterHost {
  /** Resolves once the message is durable; only then may the platform be told "received". Throws `queue_full`, `idempotency_conflict`, `unavailable`, `agent_not_found`, `agent_not_allowed`. */
  receive(message: InboundMessage): Promise<ReceiveResult>;
  /** Resolves when the turn has ended and its answer is handed to the platform, or with `null` when the signal aborts first. */
  waitForTurn(agentId: string, turnId: string, signal: AbortSignal): Promise<TurnOutcome | null>;
  /** What the conversation is doing now, over all agents. An answer on its way out counts as running, unless `isHandedOver` knows its key. */
  conversationState(
    address: ConversationAddress,
    isHandedOver?: (key: string) => boolean,
  ): 'idle' | 'queued' | 'running' | 'waiting_for_approval';
  /** False while the daemon stops or a store refuses writes. */
  isAccepting(): boolean;
  readonly log: Logger;
  readonly clock: Clock;
  /** The adapter's state for people; throws nothing. */
  reportState(state: 'connected' | 'degraded' | 'auth_failed', error?: { code: string; message: string }): void;
}

export interface MessagingAdapter {
  readonly capabilities: AdapterCapabilities;
  /** Lives until the signal aborts; throws a typed error when it cannot go on, and is then restarted by the gateway. */
  run(signal: AbortSignal): Promise<void>;
  /** Throws `DeliveryError`. A repeat under the same key must not show a second message where `reconcile` is `key`. */
  deliver(request: DeliveryRequest, signal: AbortSignal): Promise<DeliveryReceipt>;
  reconcile?(request: DeliveryRequest, sentFrom: number, signal: AbortSignal): Promise<DeliveryReceipt | 'not-sent' | 'unknown'>;
  /** Best effort; must not throw. */
  signal?(address: ConversationAddress, signal: OutboundSignal): void;
}

export interface AdapterDefinition<Settings> {
  readonly platform: string;
  readonly label: string;
  readonly settings: z.ZodType<Settings>;
  create(key: AdapterKey, settings: Settings, host: AdapterHost): MessagingAdapter;
}
