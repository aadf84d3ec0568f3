/** Changes to cached pages of messages and channels; pure. Pages run from old to new, messages ascend by `seq`. */

import type { Channel } from '@spacebot/protocol/channels';
import type { Page } from '@spacebot/protocol/common';
import type { Message } from '@spacebot/protocol/messages';

export interface Pages<Item> {
  readonly pages: readonly Page<Item>[];
  readonly pageParams: readonly unknown[];
}

const PREVIEW_LENGTH = 200;

/** Puts a message where its `seq` belongs, or replaces the one with its id. A message older than what is loaded is left out. */
export function upsertMessage(data: Pages<Message>, message: Message): Pages<Message> {
  const known = data.pages.some((page) => page.items.some((item) => item.id === message.id));
  if (known) return mapMessages(data, (item) => (item.id === message.id ? message : item));
  const last = data.pages.at(-1);
  if (last === undefined) return data;
  const first = data.pages[0]?.items[0];
  if (first !== undefined && message.seq < first.seq) return data;
  const items = insertBySeq(last.items, message);
  return { ...data, pages: [...data.pages.slice(0, -1), { ...last, items }] };
}

/** Keeps the list ascending; the list itself is not touched. */
export function insertBySeq(items: readonly Message[], message: Message): readonly Message[] {
  const rest = items.filter((item) => item.id !== message.id);
  const index = rest.findIndex((item) => item.seq > message.seq);
  return index < 0 ? [...rest, message] : [...rest.slice(0, index), message, ...rest.slice(index)];
}

/** `null` takes the item out. */
export function mapMessages(data: Pages<Message>, change: (message: Message) => Message | null): Pages<Message> {
  return { ...data, pages: data.pages.map((page) => ({ ...page, items: page.items.map(change).filter((item) => item !== null) })) };
}

export function mapChannels(data: Pages<Channel>, change: (channel: Channel) => Channel): Pages<Channel> {
  return { ...data, pages: data.pages.map((page) => ({ ...page, items: page.items.map(change) })) };
}

/** What a new message makes of its channel's row; a replayed one changes nothing. */
export function withLastMessage(channel: Channel, message: Message): Channel {
  if (channel.last_message !== null && channel.last_message.created_at >= message.created_at) return channel;
  return {
    ...channel,
    state: 'active',
    message_count: channel.message_count + 1,
    last_message: { role: message.role, preview: message.content.slice(0, PREVIEW_LENGTH), created_at: message.created_at },
    last_activity_at: message.created_at,
  };
}
