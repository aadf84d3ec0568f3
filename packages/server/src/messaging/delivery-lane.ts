/** One place of one platform: its items leave one after the other, over all agents that speak there. */

import type { Clock, Random } from '../core/clock.ts';
import { DeliveryError } from '../core/errors.ts';
import { type AdapterKey, type AgentId, type ConversationId, type IdempotencyKey, type RunId, trusted } from '../core/ids.ts';
import type { Logger } from '../core/logger.ts';
import type { DeliveryReceipt, DeliveryRequest, OutboundItem } from '../core/messages.ts';
import type { MessagingAdapter } from '../core/messaging-adapter.ts';
import type { SendResult } from '../storage/agent/deliveries.ts';
import type { OutboxRow } from '../storage/agent/records.ts';
import type { Urgency } from '../storage/sqlite-database.ts';
import type { AdapterAccess, AgentDirectory, AgentHandle, MessagingObserver } from './ports.ts';
import { afterFailure } from './retry-rules.ts';
import type { SlotPool } from './slot-pool.ts';

/** A send that says nothing for this long has an unknown outcome. */
const SEND_TIMEOUT_MS = 60_000;
/** Pause after a fault of our own store. */
const STORE_PAUSE_MS = 5_000;

export interface LaneDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly runId: RunId;
  readonly log: Logger;
  readonly agents: AgentDirectory;
  readonly adapters: AdapterAccess;
  readonly observer: MessagingObserver;
  /** Nothing leaves while this holds; `DeliveryEngine.start` goes on afterwards. */
  readonly isPaused: () => boolean;
  /** Told after each settled delivery of a turn. */
  readonly turnMoved: (agentId: string, turnId: string) => void;
  readonly slots: SlotPool;
}

interface Head {
  readonly agent: AgentHandle;
  readonly row: OutboxRow;
}

export class DeliveryLane {
  readonly key: string;
  readonly adapterKey: AdapterKey;
  readonly conversationId: ConversationId;
  readonly #deps: LaneDeps;
  readonly #onDue: (lane: DeliveryLane) => void;
  readonly #agents = new Set<string>();
  #isRunning = false;
  #isRungAgain = false;
  #cancelTimer: (() => void) | null = null;

  constructor(deps: LaneDeps, adapterKey: string, conversationId: string, onDue: (lane: DeliveryLane) => void) {
    this.key = `${adapterKey}\n${conversationId}`;
    this.adapterKey = trusted(adapterKey);
    this.conversationId = trusted(conversationId);
    this.#deps = deps;
    this.#onDue = onDue;
  }

  /** True when nothing is open here and nothing waits. */
  get isEmpty(): boolean {
    return this.#agents.size === 0 && !this.#isRunning;
  }

  addAgent(agentId: string): void {
    this.#agents.add(agentId);
  }

  /** Claims the lane for one `drain`; false while one runs already, which then looks once more. */
  begin(): boolean {
    if (this.#isRunning) {
      this.#isRungAgain = true;
      return false;
    }
    this.dispose();
    this.#isRunning = true;
    return true;
  }

  dispose(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
  }

  /** Sends until nothing is open, the head has to wait, or the adapter is away. */
  async drain(signal: AbortSignal): Promise<void> {
    try {
      do {
        this.#isRungAgain = false;
        while (!signal.aborted && (await this.#sendNext(signal)));
      } while (this.#isRungAgain && !signal.aborted);
    } catch (error) {
      this.#wakeIn(STORE_PAUSE_MS);
      throw error;
    } finally {
      this.#isRunning = false;
    }
  }

  /** True when the next item may be looked at. */
  async #sendNext(signal: AbortSignal): Promise<boolean> {
    if (this.#deps.isPaused()) return false;
    const head = this.#head();
    if (!head || head.row.state === 'streaming') return false;
    const now = this.#deps.clock.now();
    if (head.row.expires_at <= now) return this.#settle(head, expired());
    const running = this.#deps.adapters.get(this.adapterKey);
    if (!running?.isReady) return this.#waitForAdapter(head, now);
    if (head.row.not_before !== null && head.row.not_before > now) {
      this.#wakeIn(head.row.not_before - now);
      return false;
    }
    return this.#deps.slots.use(() => this.#attempt(head, running.adapter, signal));
  }

  /** The oldest open item of all agents; an agent without one leaves the lane. */
  #head(): Head | undefined {
    let first: Head | undefined;
    for (const agentId of this.#agents) {
      const agent = this.#deps.agents.get(agentId);
      const row = agent?.spine.headOfPlace(this.adapterKey, this.conversationId);
      if (!agent || !row) this.#agents.delete(agentId);
      else if (!first || row.id < first.row.id) first = { agent, row };
    }
    return first;
  }

  /** Waiting costs no try; a row that counts as under way is put back, so that a crash does not make its outcome doubtful. */
  async #waitForAdapter(head: Head, now: number): Promise<boolean> {
    this.#wakeIn(head.row.expires_at - now);
    if (head.row.state !== 'sending') return false;
    await this.#settle(head, { state: 'retrying', notBefore: now, ...ADAPTER_AWAY, countsAsTry: false });
    return false;
  }

  async #attempt(head: Head, adapter: MessagingAdapter, signal: AbortSignal): Promise<boolean> {
    // A pause may have begun while this one waited for its slot.
    if (signal.aborted || this.#deps.isPaused()) return false;
    if (head.row.state === 'ambiguous') return this.#reconcile(head, adapter, signal);
    const isUnderWay = head.row.state === 'sending' && head.row.owner === this.#deps.runId;
    const row = isUnderWay ? head.row : await head.agent.spine.send(head.row.id);
    return row ? this.#deliver({ agent: head.agent, row }, adapter, signal) : true;
  }

  async #deliver(head: Head, adapter: MessagingAdapter, signal: AbortSignal): Promise<boolean> {
    try {
      const receipt = await this.#withTimeout(signal, (limit) => adapter.deliver(requestOf(head, this), limit));
      return await this.#delivered(head, adapter, receipt);
    } catch (error) {
      if (signal.aborted) return false;
      return this.#failed(head, adapter, error);
    }
  }

  async #delivered(head: Head, adapter: MessagingAdapter, receipt: DeliveryReceipt): Promise<boolean> {
    // Where the same key shows nothing twice, a note lost in a power failure costs a repeat that nobody sees.
    const urgency = adapter.capabilities.reconcile === 'key' ? 'relaxed' : 'durable';
    await this.#settle(head, { state: 'delivered', platformMessageId: receipt.platformMessageId }, urgency);
    this.#deps.observer.messageSent(head.agent.id, this.adapterKey);
    return true;
  }

  #failed(head: Head, adapter: MessagingAdapter, error: unknown): Promise<boolean> {
    this.#deps.log.warn('a delivery failed', { agent_id: head.agent.id, conversation_id: this.conversationId, error });
    const { clock, random, adapters } = this.#deps;
    if (error instanceof DeliveryError && error.kind === 'unauthorized') {
      adapters.authFailed(this.adapterKey, { code: error.code, message: error.publicMessage });
    }
    const { reconcile } = adapter.capabilities;
    return this.#settle(head, afterFailure(error, { attempts: head.row.attempts, reconcile, now: clock.now(), random }));
  }

  /** A send in doubt: repeated under its key, looked up, or, where the platform has neither, left to a person. */
  async #reconcile(head: Head, adapter: MessagingAdapter, signal: AbortSignal): Promise<boolean> {
    const { reconcile } = adapter.capabilities;
    if (reconcile === 'key') return this.#deliver(head, adapter, signal);
    if (reconcile === 'none' || !adapter.reconcile) return this.#settle(head, IN_DOUBT);
    try {
      const lookUp = adapter.reconcile.bind(adapter);
      const found = await this.#withTimeout(signal, (limit) =>
        lookUp(requestOf(head, this), head.row.sent_from ?? head.row.created_at, limit),
      );
      if (found === 'unknown') return this.#settle(head, IN_DOUBT);
      if (found !== 'not-sent') return await this.#delivered(head, adapter, found);
      return this.#settle(head, { state: 'retrying', notBefore: this.#deps.clock.now(), ...NOT_SENT, countsAsTry: true });
    } catch (error) {
      if (signal.aborted) return false;
      this.#deps.log.warn('a look-up of a delivery in doubt failed', { agent_id: head.agent.id, error });
      this.#wakeIn(STORE_PAUSE_MS);
      return false;
    }
  }

  async #settle(head: Head, result: SendResult, urgency: Urgency = 'durable'): Promise<boolean> {
    await head.agent.spine.sent(head.row.id, result, urgency);
    this.#deps.observer.deliveryAttempted(this.adapterKey, result.state);
    if (head.row.turn_id !== null) this.#deps.turnMoved(head.agent.id, head.row.turn_id);
    return true;
  }

  async #withTimeout<Result>(signal: AbortSignal, work: (limit: AbortSignal) => Promise<Result>): Promise<Result> {
    const limit = new AbortController();
    const stop = () => limit.abort(signal.reason);
    const cancel = this.#deps.clock.schedule(SEND_TIMEOUT_MS, () => limit.abort(timedOut()));
    signal.addEventListener('abort', stop, { once: true });
    try {
      return await Promise.race([work(limit.signal), rejectOnAbort(limit.signal)]);
    } finally {
      cancel();
      signal.removeEventListener('abort', stop);
    }
  }

  #wakeIn(delayMs: number): void {
    this.dispose();
    this.#cancelTimer = this.#deps.clock.schedule(delayMs, () => {
      this.#cancelTimer = null;
      this.#onDue(this);
    });
  }
}

const ADAPTER_AWAY = { code: 'adapter_unavailable', message: 'The platform is not connected; the item waits.' };
const NOT_SENT = { code: 'interrupted', message: 'The send was cut off before it reached the platform.' };
const IN_DOUBT: SendResult = {
  state: 'dead',
  code: 'interrupted',
  message: 'The send was cut off and the platform cannot tell whether it arrived; resend or discard it.',
  permanent: false,
};

function expired(): SendResult {
  return { state: 'dead', code: 'delivery_expired', message: 'Not delivered within 24 hours.', permanent: true };
}

function timedOut(): DeliveryError {
  return new DeliveryError('ambiguous', 'platform_unreachable', 'The platform did not answer in time.');
}

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

function requestOf(head: Head, lane: DeliveryLane): DeliveryRequest {
  const { row, agent } = head;
  return {
    address: { adapterKey: lane.adapterKey, conversationId: lane.conversationId },
    key: trusted<IdempotencyKey>(row.key),
    part: {
      deliveryId: row.id,
      agentId: trusted<AgentId>(agent.id),
      turnId: row.turn_id,
      messageId: row.message_id,
      item: JSON.parse(row.body) as OutboundItem,
      createdAt: row.created_at,
    },
  };
}
