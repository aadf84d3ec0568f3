/** The response mode kept in a conversation's own settings. */

import type { ResponseMode } from './router.ts';

/** `settings` is the JSON text of the conversation's row; `null` when it names no mode. */
export function conversationMode(settings: string): ResponseMode | null {
  if (settings === '{}') return null;
  const parsed: unknown = JSON.parse(settings);
  if (typeof parsed !== 'object' || parsed === null || !('response_mode' in parsed)) return null;
  const mode = parsed.response_mode;
  return mode === 'active' || mode === 'observe' || mode === 'mention_only' ? mode : null;
}
