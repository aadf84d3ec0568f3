/** `spacebot channels`: conversations and what was said in them. */

import type { Channel } from '@spacebot/protocol/channels';
import type { Message } from '@spacebot/protocol/messages';
import { confirm } from '../confirm.ts';
import type { CommandContext, DaemonClient } from '../context.ts';
import { chooseAgent } from '../default-agent.ts';
import { EXIT } from '../exit-codes.ts';
import { formatCount, formatFields, formatPreview, formatRelativeTime, formatTable } from '../format.ts';
import type { Output } from '../output.ts';
import { paintState } from './status.ts';

export interface PageFlags {
  readonly limit: number;
  readonly cursor?: string;
}

export interface ListFlags extends PageFlags {
  readonly agent?: string;
  readonly all?: boolean;
  readonly platform?: string;
}

export async function listChannels(context: CommandContext, flags: ListFlags): Promise<number> {
  const { output, host } = context;
  const client = await context.connect();
  const query = { limit: flags.limit, cursor: flags.cursor, platform: flags.platform, agent_id: flags.agent };
  const page = await client.call('GET /channels', { query });
  const items = flags.all === true ? page.items : page.items.filter((channel) => channel.state !== 'archived');
  output.result({ ...page, items }, () => renderList(items, output, host.clock.now()));
  noteNextPage(output, page.next_cursor);
  return EXIT.ok;
}

export function noteNextPage(output: Output, cursor: string | null): void {
  if (cursor !== null) output.note(output.paintError.faint(`More with: --cursor ${cursor}`));
}

function renderList(channels: readonly Channel[], { paint, width }: Output, now: number): string {
  if (channels.length === 0) return 'No conversations yet. Begin one with: spacebot chat';
  const previewWidth = Number.isFinite(width) ? Math.max(16, width - 80) : 40;
  const rows = channels.map((channel) => [
    channel.id,
    channel.agent_id,
    paintState(channel.state, paint),
    String(channel.message_count),
    formatRelativeTime(channel.last_activity_at, now),
    paint.faint(formatPreview(channel.last_message?.preview ?? '', previewWidth)),
  ]);
  return formatTable(['CONVERSATION', 'AGENT', 'STATE', 'MESSAGES', 'ACTIVE', 'LAST MESSAGE'], rows, paint.faint);
}

export async function listMessages(context: CommandContext, id: string, flags: PageFlags & { readonly agent?: string }): Promise<number> {
  const { output, host } = context;
  const client = await context.connect();
  const params = { agent_id: await chooseAgent(client, flags.agent), conversation_id: id };
  const query = { limit: flags.limit, cursor: flags.cursor };
  const page = await client.call('GET /agents/{agent_id}/channels/{conversation_id}/messages', { params, query });
  output.result(page, () => page.items.map((message) => renderMessage(message, output, host.clock.now())).join('\n\n') || 'No messages.');
  noteNextPage(output, page.next_cursor);
  return EXIT.ok;
}

function renderMessage(message: Message, { paint }: Output, now: number): string {
  const author = message.author?.name ?? message.role;
  const name = message.role === 'user' ? paint.accent(author) : paint.good(author);
  const files = message.attachments.map(({ filename }) => paint.faint(`[${filename}]`));
  const remarks = [formatRelativeTime(message.created_at, now), ...(message.delivery === 'failed' ? ['not delivered'] : [])];
  return [`${paint.strong(name)}  ${paint.faint(remarks.join(', '))}`, message.content, ...files].filter((line) => line !== '').join('\n');
}

export type ChannelAction = 'show' | 'archive' | 'delete';

export async function actOnChannel(
  context: CommandContext,
  action: ChannelAction,
  id: string,
  flags: { readonly agent?: string; readonly yes?: boolean },
): Promise<number> {
  const client = await context.connect();
  const params = { agent_id: await chooseAgent(client, flags.agent), conversation_id: id };
  if (action === 'delete') return deleteChannel(context, client, params, flags.yes);
  const channel =
    action === 'show'
      ? await client.call('GET /agents/{agent_id}/channels/{conversation_id}', { params })
      : await client.call('POST /agents/{agent_id}/channels/{conversation_id}/archive', { params });
  context.output.result(channel, () => (action === 'show' ? renderChannel(channel, context) : `${id} is archived`));
  return EXIT.ok;
}

interface ChannelKey {
  readonly agent_id: string;
  readonly conversation_id: string;
}

async function deleteChannel(context: CommandContext, client: DaemonClient, params: ChannelKey, yes: boolean | undefined): Promise<number> {
  const channel = await client.call('GET /agents/{agent_id}/channels/{conversation_id}', { params });
  const question = `Erase ${params.conversation_id} with ${formatCount(channel.message_count, 'message')}? This cannot be undone.`;
  if (!(await confirm(context, yes, question))) return EXIT.failure;
  await client.call('DELETE /agents/{agent_id}/channels/{conversation_id}', { params });
  context.output.result({ deleted: true, ...params }, () => `${params.conversation_id} is deleted`);
  return EXIT.ok;
}

function renderChannel(channel: Channel, { output, host }: CommandContext): string {
  const { paint } = output;
  const now = host.clock.now();
  const place = [channel.place.server_name, channel.place.channel_name].filter((name) => name !== null).join(' / ');
  const settings = Object.entries(channel.settings).filter(([, value]) => value !== null);
  const fields: [string, string][] = [
    ['Conversation', channel.id],
    ['Name', channel.display_name],
    ['Agent', channel.agent_id],
    ['Platform', channel.adapter],
    ...(place === '' ? [] : [['Place', place] satisfies [string, string]]),
    ['State', paintState(channel.state, paint)],
    ['Messages', String(channel.message_count)],
    ['Last active', formatRelativeTime(channel.last_activity_at, now)],
    ['Began', formatRelativeTime(channel.created_at, now)],
    ...settings.map(([name, value]): [string, string] => [name, String(value)]),
  ];
  return formatFields(fields, paint.faint);
}
