/** What a webhook listener is configured by, and what it needs from the rest. */

import * as z from 'zod';
import type { ReplyStore } from '../../storage/instance/reply-store.ts';
import type { TrustedNames } from './request-guard.ts';

export const webhookSettings = z.object({
  port: z.int(),
  bind: z.string(),
  auth_token: z.string().optional(),
  hmac_secret: z.string().optional(),
  callback_url: z.string().optional(),
  retention_hours: z.int(),
});

export type WebhookSettings = z.output<typeof webhookSettings>;

export interface WebhookServices {
  readonly replies: ReplyStore;
  /** `api.allowed_hosts` and `api.allowed_origins` as they are now. */
  readonly trustedNames: () => TrustedNames;
}
