/** A chat platform in the test's hands: people speak in its rooms, and its log is the judge of what was delivered, in which order and how often. */

import * as z from 'zod';
import { DeliveryError } from '../core/errors.ts';
import { type AdapterKey, type ConversationId, type IdempotencyKey, trusted } from '../core/ids.ts';
import type { Addressed, DeliveryReceipt, DeliveryRequest, OutboundSignal } from '../core/messages.ts';
import type { AdapterDefinition, AdapterHost, MessagingAdapter, ReceiveResult, ReconcileKind } from '../core/messaging-adapter.ts';

/** One send that reached the platform, a repeat included. */
export interface LoggedDelivery {
  readonly room: string;
  /** The text, or the kind of what is not a text. */
  readonly text: string;
  readonly key: IdempotencyKey;
}

export interface Saying {
  readonly sender?: string;
  readonly addressed?: Addressed;
  readonly isDirect?: boolean;
  /** The platform's id of the message; a repeat of it is a redelivery. */
  readonly id?: string;
}

/** Stands for a platform of the configuration that has no adapter yet; enable it under `[messaging.matrix]` in the whole app. */
const PLATFORM = 'matrix';

export class FakePlatform implements MessagingAdapter {
  readonly capabilities: MessagingAdapter['capabilities'];
  readonly log: LoggedDelivery[] = [];
  readonly signals: OutboundSignal[] = [];
  /** What the next sends run into, in order. */
  readonly failures: (DeliveryError | 'hang')[] = [];
  /** What a look-up of a send in doubt finds. */
  lookUp: DeliveryReceipt | 'not-sent' | 'unknown' = 'unknown';
  host: AdapterHost | null = null;
  connects = true;
  runs = 0;
  /** Ends the running adapter with this error. */
  crash: (error: Error) => void = () => {};
  readonly #platform: string;
  #messages = 0;

  constructor(reconcile: ReconcileKind = 'key', platform = PLATFORM) {
    this.#platform = platform;
    const none = { edit: false, reactions: false, threads: false, filesIn: false, filesOut: false, buttons: false, history: false };
    this.capabilities = { ...none, typing: true, text: null, reconcile };
  }

  get definition(): AdapterDefinition<unknown> {
    return {
      platform: this.#platform,
      label: 'Fake',
      settings: z.object({ token: z.string().optional() }),
      create: (_key, _settings, host) => {
        this.host = host;
        return this;
      },
    };
  }

  /** What was heard, over all rooms. */
  get heard(): string[] {
    return this.log.map(({ text }) => text);
  }

  /** A person writes in a room; resolves once the message is stored. */
  says(text: string, room = 'room', { sender = 'alice', addressed = 'no', isDirect = false, id }: Saying = {}): Promise<ReceiveResult> {
    if (!this.host) throw new Error('the platform is not connected');
    this.#messages += 1;
    return this.host.receive({
      address: { adapterKey: trusted<AdapterKey>(this.#platform), conversationId: trusted<ConversationId>(`${this.#platform}:${room}`) },
      platformMessageId: id ?? `p${this.#messages}`,
      sender: { id: sender, name: sender, isBot: false },
      place: { isDirect, channelId: room, channelName: room },
      text,
      files: [],
      addressed,
      receivedAt: this.host.clock.now(),
    });
  }

  run(signal: AbortSignal): Promise<void> {
    this.runs += 1;
    if (this.connects) this.host?.reportState('connected');
    return new Promise((resolve, reject) => {
      this.crash = reject;
      signal.addEventListener('abort', () => resolve());
    });
  }

  async deliver(request: DeliveryRequest, signal: AbortSignal): Promise<DeliveryReceipt> {
    const failure = this.failures.shift();
    if (failure === 'hang') await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    if (failure instanceof DeliveryError) throw failure;
    const { item } = request.part;
    const room = request.address.conversationId.slice(this.#platform.length + 1);
    this.log.push({ room, text: item.type === 'text' ? item.text : item.type, key: request.key });
    return { platformMessageId: `m${this.log.length}` };
  }

  async reconcile(): Promise<DeliveryReceipt | 'not-sent' | 'unknown'> {
    return this.lookUp;
  }

  signal(_address: unknown, signal: OutboundSignal): void {
    this.signals.push(signal);
  }
}
