/** Channels, their messages and their timeline. */

import {
  archiveChannel,
  cancelChannel,
  deleteChannel,
  deleteMessage,
  getAttachment,
  getChannel,
  getTimeline,
  listAgentChannels,
  listChannels,
  listMessages,
  resetChannel,
  sendAsOperator,
  unarchiveChannel,
  updateChannel,
} from '@spacebot/protocol/endpoints/channels';
import type { MessageFilter } from '../../app/api-services.ts';
import { answerAttachment } from '../attachment-answer.ts';
import { checkContentSize } from '../content-size.ts';
import { toPage, toPageRequest } from '../cursor.ts';
import { expectedRevision, noContent, ok } from '../exchange.ts';
import { readIdempotencyKey } from '../idempotency.ts';
import { type Route, route, routeWithBody } from '../route.ts';
import type { RouteParts } from './route-parts.ts';

export function channelRoutes(parts: RouteParts): Route[] {
  return [...listRoutes(parts), ...oneChannelRoutes(parts), ...messageRoutes(parts)];
}

function listRoutes({ services: { channels } }: RouteParts): Route[] {
  return [
    route(listChannels, async ({ query }) => {
      const { limit: _limit, cursor: _cursor, ...filter } = query;
      return ok(toPage('channels', await channels.list(filter, toPageRequest('channels', query))));
    }),
    route(listAgentChannels, async ({ param, query }) => {
      const { limit: _limit, cursor: _cursor, ...filter } = query;
      return ok(toPage('channels', await channels.list({ ...filter, agent_id: param('agent_id') }, toPageRequest('channels', query))));
    }),
  ];
}

function oneChannelRoutes({ services: { channels } }: RouteParts): Route[] {
  return [
    route(getChannel, async ({ param }) => ok(await channels.get(param('agent_id'), param('conversation_id')))),
    routeWithBody(updateChannel, async ({ param, body, exchange }) =>
      ok(await channels.update(param('agent_id'), param('conversation_id'), body, expectedRevision(exchange))),
    ),
    route(deleteChannel, async ({ param, exchange }) => {
      await channels.delete(param('agent_id'), param('conversation_id'), expectedRevision(exchange));
      return noContent;
    }),
    routeWithBody(archiveChannel, async ({ param }) => ok(await channels.setArchived(param('agent_id'), param('conversation_id'), true))),
    routeWithBody(unarchiveChannel, async ({ param }) =>
      ok(await channels.setArchived(param('agent_id'), param('conversation_id'), false)),
    ),
    routeWithBody(resetChannel, async ({ param }) => ok(await channels.reset(param('agent_id'), param('conversation_id')))),
    routeWithBody(cancelChannel, async ({ param, body }) =>
      ok(await channels.cancel(param('agent_id'), param('conversation_id'), body.scope)),
    ),
  ];
}

function messageRoutes({ services: { channels } }: RouteParts): Route[] {
  return [
    route(listMessages, async ({ param, query }) => {
      const page = toPageRequest('messages', query);
      return ok(toPage('messages', await channels.messages(param('agent_id'), param('conversation_id'), toMessageFilter(query), page)));
    }),
    routeWithBody(sendAsOperator, async ({ param, body, exchange }) => {
      checkContentSize(body.content);
      const message = { content: body.content, replyToId: body.reply_to_id ?? null, key: readIdempotencyKey(exchange) ?? null };
      return { status: 202, body: { delivery: await channels.sendAsOperator(param('agent_id'), param('conversation_id'), message) } };
    }),
    route(deleteMessage, async ({ param }) => {
      await channels.deleteMessage(param('agent_id'), param('conversation_id'), param('message_id'));
      return noContent;
    }),
    route(getTimeline, async ({ param, query }) => {
      const page = toPageRequest('timeline', query);
      return ok(toPage('timeline', await channels.timeline(param('agent_id'), param('conversation_id'), query.kinds, page)));
    }),
    route(getAttachment, async ({ param }) => answerAttachment(await channels.attachment(param('agent_id'), param('attachment_id')))),
  ];
}

interface MessageQuery {
  readonly before_seq?: number | undefined;
  readonly after_seq?: number | undefined;
  readonly q?: string | undefined;
}

function toMessageFilter({ before_seq, after_seq, q }: MessageQuery): MessageFilter {
  return {
    ...(before_seq === undefined ? {} : { beforeSeq: before_seq }),
    ...(after_seq === undefined ? {} : { afterSeq: after_seq }),
    ...(q === undefined ? {} : { q }),
  };
}
