/** What happens to a message that no agent takes: counted, listed without content, and announced once per place and day. */

import { type ConfigSnapshot, defaultAgent } from '../config/snapshot.ts';
import type { Clock } from '../core/clock.ts';
import { NotFoundError, PolicyError } from '../core/errors.ts';
import type { InboundMessage } from '../core/messages.ts';
import type { ReceiveResult } from '../core/messaging-adapter.ts';
import { splitAdapterKey } from './adapter-rules.ts';
import type { MessagingObserver, Rejection } from './ports.ts';
import type { Decision } from './router.ts';

const DAY_MS = 86_400_000;
/** Places remembered as announced; the oldest is forgotten beyond. */
const MAX_PLACES = 1_000;

export class Rejections {
  readonly #clock: Clock;
  readonly #observer: MessagingObserver;
  readonly #announcedAt = new Map<string, number>();

  constructor(clock: Clock, observer: MessagingObserver) {
    this.#clock = clock;
    this.#observer = observer;
  }

  /** Throws `agent_not_found` and `agent_not_allowed`, which are the caller's mistake; returns every other refusal. */
  refuse(message: InboundMessage, decision: Decision, snapshot: ConfigSnapshot): ReceiveResult {
    const code = decision.code ?? 'message_rejected';
    this.#record(message, { code, reason: decision.reason }, snapshot);
    if (code === 'agent_not_found') throw new NotFoundError(code, decision.reason);
    if (code === 'agent_not_allowed') throw new PolicyError(code, decision.reason);
    return { outcome: 'rejected', code, reason: decision.reason };
  }

  #record(message: InboundMessage, why: { code: string; reason: string }, snapshot: ConfigSnapshot): void {
    const rejection: Rejection = { ...message.address, sender: message.sender, ...why, at: this.#clock.now() };
    this.#observer.messageRejected(rejection);
    const isForUs = message.addressed !== 'no' && !message.sender.isBot;
    if (!isForUs || why.code === 'mention_required' || !this.#isFirstToday(rejection)) return;
    this.#observer.admissionRefused({ ...rejection, binding: bindingFor(message, snapshot) });
  }

  #isFirstToday(rejection: Rejection): boolean {
    const place = `${rejection.adapterKey}|${rejection.conversationId}`;
    const last = this.#announcedAt.get(place);
    if (last !== undefined && rejection.at - last < DAY_MS) return false;
    this.#announcedAt.delete(place);
    this.#announcedAt.set(place, rejection.at);
    const [oldest] = this.#announcedAt.keys();
    if (this.#announcedAt.size > MAX_PLACES && oldest !== undefined) this.#announcedAt.delete(oldest);
    return true;
  }
}

function bindingFor(message: InboundMessage, snapshot: ConfigSnapshot): Record<string, unknown> {
  const { platform, instance } = splitAdapterKey(message.address.adapterKey);
  const base = { agent_id: defaultAgent(snapshot).id, channel: platform, ...(instance === null ? {} : { adapter: instance }) };
  if (message.place.isDirect) return { ...base, dm_allowed_users: [message.sender.id] };
  return message.place.channelId === undefined ? base : { ...base, channel_ids: [message.place.channelId] };
}
