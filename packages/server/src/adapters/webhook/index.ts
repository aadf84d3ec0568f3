/** The webhook: other programs post messages over HTTP and fetch the answers. */

import type { AdapterDefinition } from '../../core/messaging-adapter.ts';
import { type WebhookServices, type WebhookSettings, webhookSettings } from './settings.ts';
import { WebhookAdapter } from './webhook-adapter.ts';

export function defineWebhook(services: WebhookServices): AdapterDefinition<WebhookSettings> {
  return {
    platform: 'webhook',
    label: 'Webhook',
    settings: webhookSettings,
    create: (key, values, host) => new WebhookAdapter(key, values, host, services),
  };
}
