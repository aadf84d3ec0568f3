/** When a burst of messages becomes a turn: a short quiet time, with a ceiling from the first message on. */

import type { AgentSettings } from '../config/snapshot.ts';
import { PORTAL } from '../core/ids.ts';
import type { InboundMessage } from '../core/messages.ts';
import type { OpenGathering } from '../storage/agent/accept.ts';
import { splitAdapterKey } from './adapter-rules.ts';

/** Milliseconds at which the gathering turn is due, given the one that is open already. */
export type GatherRule = (open: OpenGathering | null) => number;

/**
 * `null`: the message has a turn of its own, due at once. So have webhook and portal messages always, and direct ones while only places with several
 * people are gathered. The ceiling holds for every number of messages; fewer than the minimum are simply an ordinary turn.
 */
export function gatherRule(
  settings: AgentSettings['coalesce'],
  message: Pick<InboundMessage, 'address' | 'place' | 'addressed'>,
  now: number,
): GatherRule | null {
  const { platform } = splitAdapterKey(message.address.adapterKey);
  if (!settings.enabled || platform === PORTAL || platform === 'webhook' || message.addressed === 'command') return null;
  if (message.place.isDirect && settings.multi_user_only) return null;
  return (open) => Math.min(now + settings.debounce_ms, (open?.firstAt ?? now) + settings.max_wait_ms);
}
