/** Filters as they stand in addresses: read with care, because anybody can write an address. */

import type { ChannelState } from '@spacebot/protocol/channels';

export interface ConversationSearch {
  readonly agent?: string;
  readonly platform?: string;
  readonly state?: ChannelState;
  readonly q?: string;
}

const STATES: readonly ChannelState[] = ['active', 'idle', 'archived'];

export function readConversationSearch(search: Record<string, unknown>): ConversationSearch {
  const agent = textOf(search.agent);
  const platform = textOf(search.platform);
  const q = textOf(search.q);
  const state = STATES.find((known) => known === search.state);
  return { ...(agent && { agent }), ...(platform && { platform }), ...(state && { state }), ...(q && { q }) };
}

/** Which conversation of an agent. A parameter and not a part of the path, because ids may hold dots and look like file names to a server. */
export interface ConversationPlace {
  readonly id: string;
}

export function readConversationPlace(search: Record<string, unknown>): ConversationPlace {
  return { id: textOf(search.id) };
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value).slice(0, 256) : '';
}
