/** The way out: every durable item leaves once, in order per place, retried by one set of rules for all platforms. */

import { setMaxListeners } from 'node:events';
import { CancelledError } from '../core/errors.ts';
import type { AdapterKey } from '../core/ids.ts';
import type { ConversationAddress, OutboundSignal } from '../core/messages.ts';
import { supervise } from '../core/supervise.ts';
import { DeliveryLane, type LaneDeps } from './delivery-lane.ts';
import { SlotPool } from './slot-pool.ts';

/** Sends under way at once per adapter; more wait their turn. */
const SENDS_PER_ADAPTER = 32;

export type DeliveryDeps = Omit<LaneDeps, 'slots'>;

export class DeliveryEngine {
  readonly #deps: DeliveryDeps;
  readonly #lanes = new Map<string, DeliveryLane>();
  readonly #slots = new Map<string, SlotPool>();
  readonly #stop = new AbortController();
  readonly #working = new Set<Promise<void>>();

  constructor(deps: DeliveryDeps) {
    this.#deps = deps;
    setMaxListeners(0, this.#stop.signal);
    deps.adapters.onReady((key) => this.#adapterReady(key));
  }

  /** Takes up what earlier boots, or a pause, left; call it after every agent has recovered. */
  start(): void {
    for (const agent of this.#deps.agents.all()) this.startAgent(agent.id);
  }

  /** The same for one agent that was opened later. */
  startAgent(agentId: string): void {
    const places = this.#deps.agents.get(agentId)?.spine.openPlaces() ?? [];
    for (const place of places) this.outbox(agentId, place.adapter_key, place.conversation_id);
  }

  /** Doorbell: something may be sent to this place. Must not throw. */
  outbox(agentId: string, adapterKey: string, conversationId: string): void {
    if (this.#stop.signal.aborted) return;
    const lane = this.#lane(adapterKey, conversationId);
    lane.addAgent(agentId);
    this.#wake(lane);
  }

  /** Typing and streamed text: passed on to an adapter that can, lost without harm. */
  signal(address: ConversationAddress, signal: OutboundSignal): void {
    const running = this.#deps.adapters.get(address.adapterKey);
    if (running?.isReady) running.adapter.signal?.(address, signal);
  }

  /** Ends waiting and running sends; resolves when none is under way. What was cut off is settled at the next start. */
  async stop(): Promise<void> {
    this.#stop.abort(new CancelledError());
    for (const lane of this.#lanes.values()) lane.dispose();
    await Promise.allSettled(this.#working);
  }

  #lane(adapterKey: string, conversationId: string): DeliveryLane {
    const key = `${adapterKey}\n${conversationId}`;
    let lane = this.#lanes.get(key);
    if (!lane) {
      const slots = this.#slotsOf(adapterKey);
      lane = new DeliveryLane({ ...this.#deps, slots }, adapterKey, conversationId, (due) => this.#wake(due));
      this.#lanes.set(key, lane);
    }
    return lane;
  }

  #slotsOf(adapterKey: string): SlotPool {
    let slots = this.#slots.get(adapterKey);
    if (!slots) {
      slots = new SlotPool(SENDS_PER_ADAPTER);
      this.#slots.set(adapterKey, slots);
    }
    return slots;
  }

  #wake(lane: DeliveryLane): void {
    if (this.#stop.signal.aborted || !lane.begin()) return;
    const work = lane.drain(this.#stop.signal).finally(() => {
      this.#working.delete(work);
      if (lane.isEmpty && this.#lanes.get(lane.key) === lane) this.#lanes.delete(lane.key);
    });
    this.#working.add(work);
    supervise(this.#deps.log, `delivery ${lane.adapterKey}`, work);
  }

  #adapterReady(key: AdapterKey): void {
    for (const lane of this.#lanes.values()) if (lane.adapterKey === key) this.#wake(lane);
  }
}
