/** Every messaging platform there is, one line each. */

import type { AdapterDefinition } from '../core/messaging-adapter.ts';
import { defineWebhook } from './webhook/index.ts';
import type { WebhookServices } from './webhook/settings.ts';

/** What the adapters need beside their settings and their host. */
export type AdapterNeeds = WebhookServices;

export function builtinAdapters(needs: AdapterNeeds): readonly AdapterDefinition<unknown>[] {
  return [defineWebhook(needs)];
}
