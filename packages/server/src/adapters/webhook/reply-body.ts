/** Replies as callers read them, kept as text without their number, so that a poll only joins strings. */

import { toIso } from '../../core/clock.ts';
import type { OutboundItem, OutboundPart } from '../../core/messages.ts';
import type { StoredReply } from '../../storage/instance/reply-store.ts';

/** JSON object without `seq`. */
export function replyBody(part: OutboundPart): string {
  return JSON.stringify({
    id: part.messageId ?? part.deliveryId,
    ...contentOf(part.item),
    turn_id: part.turnId,
    created_at: toIso(part.createdAt),
  });
}

function contentOf(item: OutboundItem): Record<string, unknown> {
  switch (item.type) {
    case 'text':
      return { type: 'message', content: item.text, in_reply_to: item.inReplyTo, attachments: [] };
    case 'reaction':
      return { type: 'reaction', emoji: item.emoji, message_id: item.messageId, in_reply_to: item.messageId };
    case 'notice':
      return { type: 'error', code: item.code, message: item.text, in_reply_to: item.inReplyTo };
  }
}

/** The stored text with its number as first field. */
function renderReply(reply: StoredReply): string {
  return `{"seq":${reply.seq},${reply.body.slice(1)}`;
}

/** A JSON array of replies. */
export function renderReplies(replies: readonly StoredReply[]): string {
  return `[${replies.map(renderReply).join(',')}]`;
}

/** True for a reply that this turn gave. */
export function isOfTurn(reply: StoredReply, turnId: string): boolean {
  const parsed: unknown = JSON.parse(reply.body);
  return typeof parsed === 'object' && parsed !== null && 'turn_id' in parsed && parsed.turn_id === turnId;
}
