/** What messaging tells the rest: counted, logged, kept as a row where people ask for it, and sent out as events. */

import type { NewId } from '../core/ids.ts';
import type { Logger } from '../core/logger.ts';
import { supervise } from '../core/supervise.ts';
import type { MessagingObserver } from '../messaging/ports.ts';
import type { InstanceStore } from '../storage/instance/instance-store.ts';
import type { EventLog } from './event-log.ts';
import type { MetricStore } from './metrics.ts';

export interface ObserverDeps {
  readonly metrics: MetricStore;
  readonly events: EventLog;
  readonly instance: InstanceStore;
  readonly log: Logger;
  readonly newId: NewId;
}

export function createObserver({ metrics, events, instance, log, newId }: ObserverDeps): MessagingObserver {
  return {
    messageReceived: (agentId, message) =>
      metrics.count('messages_received_total', { agent_id: agentId, channel_type: platformOf(message.address.adapterKey) }),
    messageDuplicate: (message) => metrics.count('messages_duplicate_total', { channel_type: platformOf(message.address.adapterKey) }),
    messageRejected({ adapterKey, conversationId, sender, code, at }) {
      metrics.count('messages_rejected_total', { channel_type: platformOf(adapterKey), reason: code });
      const row = { id: newId(), adapterKey, conversationId, senderId: sender.id, reason: code, at };
      supervise(log, 'rejection', instance.recordRejection(row));
    },
    admissionRefused: ({ adapterKey, conversationId, sender, reason, binding }) =>
      events.append({
        type: 'admission_refused',
        agentId: null,
        data: { adapter: adapterKey, conversation_id: conversationId, sender: sender.id, reason, binding },
      }),
    deliveryAttempted: (adapterKey, result) => metrics.count('delivery_attempts_total', { adapter: adapterKey, result }),
    messageSent: (agentId, adapterKey) => metrics.count('messages_sent_total', { agent_id: agentId, channel_type: platformOf(adapterKey) }),
    adapterStateChanged({ key, state, previous, error }) {
      if (state === 'starting' && previous === 'error') metrics.count('adapter_reconnects_total', { adapter: key });
      log.info(`adapter ${key} is ${state}`, { fields: { previous, error } });
      events.append({ type: 'adapter_state', agentId: null, data: { key, state, previous, error } });
    },
  };
}

function platformOf(adapterKey: string): string {
  return adapterKey.split(':', 1)[0] ?? adapterKey;
}
