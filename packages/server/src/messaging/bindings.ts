/** Which `[[bindings]]` entry speaks for a place: the first in file order. */

import type { ConfigSnapshot } from '../config/snapshot.ts';
import { sha256 } from '../core/ids.ts';
import { canonicalJson } from '../core/json.ts';
import type { Place } from '../core/messages.ts';
import { splitAdapterKey } from './adapter-rules.ts';

export type Binding = ConfigSnapshot['values']['bindings'][number];

/** The entry's own id, else `b_` and 10 hex digits over its canonical form. */
export function bindingId(binding: Binding): string {
  return binding.id ?? `b_${sha256(canonicalJson(binding)).slice(0, 10)}`;
}

/** Entries for this adapter instance, in file order; one without `adapter` is about the default instance only. */
export function bindingsOf(snapshot: ConfigSnapshot, adapterKey: string): readonly Binding[] {
  const { platform, instance } = splitAdapterKey(adapterKey);
  return snapshot.values.bindings.filter((binding) => binding.channel === platform && (binding.adapter ?? null) === instance);
}

/** True when every scope the entry names fits; a thread fits through its parent. */
export function matchesPlace(binding: Binding, place: Place): boolean {
  const channels = [place.channelId, place.parentChannelId].filter((id) => id !== undefined);
  const server = binding.guild_id ?? binding.workspace_id;
  if (server !== undefined && server !== place.serverId) return false;
  const room = binding.chat_id ?? binding.room_id;
  if (room !== undefined && !channels.includes(room)) return false;
  return binding.channel_ids.length === 0 || binding.channel_ids.some((id) => channels.includes(id));
}
