/** Rows as the outside sees them: each object of the protocol is made in one place. */

import type { Channel, ChannelSettings } from '@spacebot/protocol/channels';
import type { Delivery } from '@spacebot/protocol/deliveries';
import type { EventData } from '@spacebot/protocol/events';
import type { Attachment, Message, Usage } from '@spacebot/protocol/messages';
import { toIso } from '../core/clock.ts';
import type { OutboundItem, Place, Attachment as StoredAttachment } from '../core/messages.ts';
import { preview } from '../core/text.ts';
import type { AgentSpine } from '../storage/agent/agent-spine.ts';
import type { AttachmentRow, ConversationRow, MailboxRow, MessageRow, OutboxRow, ToolCallRow, UsageRow } from '../storage/agent/records.ts';
import type { StoredResult } from '../storage/agent/turn-calls.ts';

const PREVIEW_LENGTH = 160;
const ARGUMENTS_LIMIT = 2_000;

export function messageView(agentId: string, row: MessageRow): Message {
  const attachments = JSON.parse(row.attachments) as StoredAttachment[];
  return {
    id: row.id,
    agent_id: agentId,
    conversation_id: row.conversation_id,
    seq: row.seq,
    role: row.role,
    author: row.author_id === null ? null : { id: row.author_id, name: row.author_name ?? row.author_id },
    content: row.content,
    attachments: attachments.map((file) => attachmentView(agentId, { ...file, mime_type: file.mimeType })),
    platform_message_id: row.platform_message_id,
    reply_to_id: row.reply_to_id,
    turn_id: row.turn_id,
    delivery: row.delivery,
    edited_at: isoOrNull(row.edited_at),
    deleted_at: isoOrNull(row.deleted_at),
    metadata: JSON.parse(row.metadata) as Record<string, unknown>,
    created_at: toIso(row.created_at),
  };
}

export function attachmentView(
  agentId: string,
  file: Pick<AttachmentRow, 'id' | 'filename' | 'mime_type' | 'size' | 'sha256'>,
): Attachment {
  const { id, filename, mime_type, size, sha256 } = file;
  return { id, filename, mime_type, size, sha256, url: `/api/agents/${agentId}/attachments/${id}` };
}

export function usageView(row: UsageRow): Usage {
  return {
    input_tokens: row.input_tokens,
    output_tokens: row.output_tokens,
    cache_read_tokens: row.cache_read_tokens,
    cache_write_tokens: row.cache_write_tokens,
    reasoning_tokens: row.reasoning_tokens,
    requests: row.requests,
    cost_usd: row.cost_micro_usd / 1_000_000,
    cost_status: row.unpriced === 0 ? 'priced' : row.priced === 0 ? 'unknown' : 'partial',
  };
}

const NO_SETTINGS: ChannelSettings = { model: null, memory: null, delegation: null, response_mode: null, save_attachments: null };

export function channelView(agentId: string, spine: AgentSpine, row: ConversationRow, runningTurn: string | null): Channel {
  const place = JSON.parse(row.place) as Place;
  const last = spine.lastMessage(row.id);
  return {
    agent_id: agentId,
    id: row.id,
    platform: row.adapter_key.split(':', 1)[0] ?? row.adapter_key,
    adapter: row.adapter_key,
    display_name: row.display_name ?? row.id,
    place: { server_name: place.serverName ?? null, channel_name: place.channelName ?? null, is_direct: place.isDirect },
    parent_id: row.parent_id,
    state: channelState(row, runningTurn),
    settings: { ...NO_SETTINGS, ...(JSON.parse(row.settings) as Partial<ChannelSettings>) },
    message_count: row.next_seq - 1,
    last_message: last ? { role: last.role, preview: preview(last.content, PREVIEW_LENGTH), created_at: toIso(last.created_at) } : null,
    active: { turn_id: runningTurn, workers: 0, branches: 0 },
    created_at: toIso(row.created_at),
    last_activity_at: toIso(row.last_activity_at),
    revision: row.revision,
  };
}

export function channelState(row: ConversationRow, runningTurn: string | null): Channel['state'] {
  if (row.archived_at !== null) return 'archived';
  return runningTurn === null ? 'idle' : 'active';
}

const OUTBOUND_STATUS: Record<OutboxRow['state'], Delivery['status']> = {
  queued: 'queued',
  streaming: 'sending',
  sending: 'sending',
  delivered: 'delivered',
  retrying: 'retrying',
  ambiguous: 'ambiguous',
  dead: 'dead',
  discarded: 'discarded',
};

export function outboundView(agentId: string, row: OutboxRow): Delivery {
  const item = JSON.parse(row.body) as Partial<OutboundItem>;
  return {
    id: row.id,
    direction: 'outbound',
    agent_id: agentId,
    conversation_id: row.conversation_id,
    adapter: row.adapter_key,
    target: row.conversation_id,
    kind: row.kind === 'reaction' ? 'reaction' : 'message',
    status: OUTBOUND_STATUS[row.state],
    reason: row.error_code,
    attempts: row.attempts,
    next_attempt_at: isoOrNull(row.not_before),
    last_error:
      row.error_code === null ? null : { code: row.error_code, message: row.error_message ?? '', permanent: row.error_permanent === 1 },
    platform_message_id: row.platform_message_id,
    idempotency_key: row.key,
    message_id: row.message_id,
    preview: preview(textOfItem(item), PREVIEW_LENGTH),
    created_at: toIso(row.created_at),
    updated_at: toIso(row.updated_at),
  };
}

function textOfItem(item: Partial<OutboundItem>): string {
  if ('text' in item && item.text !== undefined) return item.text;
  return 'emoji' in item ? (item.emoji ?? '') : '';
}

const INBOUND_STATUS: Record<string, Delivery['status']> = {
  queued: 'received',
  claimed: 'processing',
  done: 'done',
  failed: 'failed',
  cancelled: 'done',
  expired: 'dead',
  dead: 'dead',
};

export function inboundView(agentId: string, spine: AgentSpine, row: MailboxRow): Delivery {
  const message = row.message_id === null ? undefined : spine.message(row.message_id);
  const turn = row.turn_id === null ? undefined : spine.turn(row.turn_id);
  return {
    id: row.id,
    direction: 'inbound',
    agent_id: agentId,
    conversation_id: row.conversation_id,
    adapter: spine.conversation(row.conversation_id)?.adapter_key ?? '',
    target: null,
    kind: 'message',
    status: INBOUND_STATUS[row.state] ?? 'queued',
    reason: row.outcome,
    attempts: turn?.attempt ?? 0,
    next_attempt_at: null,
    last_error: turn?.error_code ? { code: turn.error_code, message: turn.error_message ?? '', permanent: true } : null,
    platform_message_id: message?.platform_message_id ?? null,
    idempotency_key: row.dedupe_key,
    message_id: row.message_id,
    preview: preview(message?.content ?? '', PREVIEW_LENGTH),
    created_at: toIso(row.created_at),
    updated_at: toIso(row.ended_at ?? row.created_at),
  };
}

export function toolStartedView(row: ToolCallRow): EventData<'tool_started'> {
  const args =
    row.args.length <= ARGUMENTS_LIMIT
      ? (JSON.parse(row.args) as Record<string, unknown>)
      : { truncated: preview(row.args, ARGUMENTS_LIMIT) };
  return { call_id: row.key, tool: row.tool, process_type: 'channel', process_id: row.owner_id, arguments: args };
}

export function toolCompletedView(row: ToolCallRow): EventData<'tool_completed'> {
  const result = row.result === null ? null : (JSON.parse(row.result) as StoredResult);
  return {
    call_id: row.key,
    tool: row.tool,
    process_type: 'channel',
    process_id: row.owner_id,
    is_error: row.state !== 'done',
    code: result?.code ?? null,
    output_preview: preview(result?.text ?? '', PREVIEW_LENGTH),
    duration_ms: Math.max(0, (row.ended_at ?? row.created_at) - (row.started_at ?? row.created_at)),
  };
}

function isoOrNull(milliseconds: number | null): string | null {
  return milliseconds === null ? null : toIso(milliseconds);
}
