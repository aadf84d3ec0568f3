/** Portal sessions; sending has a file of its own. */

import {
  cancelPortalTurn,
  createPortalSession,
  deletePortalSession,
  getPortalSession,
  listPortalSessions,
  sendPortalMessage,
  updatePortalSession,
  uploadPortalAttachment,
} from '@spacebot/protocol/endpoints/portal';
import { SESSION_ID_PATTERN } from '@spacebot/protocol/limits';
import { toPage, toPageRequest } from '../cursor.ts';
import { created, disconnectSignal, expectedRevision, noContent, ok } from '../exchange.ts';
import { invalidRequest } from '../invalid-request.ts';
import { readMultipartFile } from '../multipart.ts';
import { sendToPortal } from '../portal-send.ts';
import { type Route, route, routeWithBody } from '../route.ts';
import type { RouteParts } from './route-parts.ts';

export function portalRoutes(parts: RouteParts): Route[] {
  return [...sessionRoutes(parts), ...messageRoutes(parts)];
}

function sessionRoutes({ services: { portal } }: RouteParts): Route[] {
  return [
    route(listPortalSessions, async ({ param, query }) =>
      ok(toPage('portal', await portal.list(param('agent_id'), toPageRequest('portal', query)))),
    ),
    routeWithBody(createPortalSession, async ({ param, body }) => {
      const channel = await portal.create(param('agent_id'), { id: body.id ?? null, title: body.title ?? null });
      return created(`/api/agents/${channel.agent_id}/channels/${encodeURIComponent(channel.id)}`, channel);
    }),
    route(getPortalSession, async ({ param }) => ok(await portal.get(param('agent_id'), checkSession(param('session_id'))))),
    routeWithBody(updatePortalSession, async ({ param, body, exchange }) =>
      ok(await portal.update(param('agent_id'), checkSession(param('session_id')), body, expectedRevision(exchange))),
    ),
    route(deletePortalSession, async ({ param, exchange }) => {
      await portal.delete(param('agent_id'), checkSession(param('session_id')), expectedRevision(exchange));
      return noContent;
    }),
  ];
}

function messageRoutes(parts: RouteParts): Route[] {
  const { portal } = parts.services;
  return [
    route(uploadPortalAttachment, async ({ param, exchange }) => {
      const sessionId = checkSession(param('session_id'));
      const file = await readMultipartFile(exchange);
      const attachment = await portal.addAttachment(param('agent_id'), sessionId, file, disconnectSignal(exchange));
      return created(attachment.url, attachment);
    }),
    routeWithBody(sendPortalMessage, async ({ param, body, exchange }) =>
      sendToPortal(parts, exchange, { agentId: param('agent_id'), sessionId: checkSession(param('session_id')), body }),
    ),
    routeWithBody(cancelPortalTurn, async ({ param }) => ok(await portal.cancel(param('agent_id'), checkSession(param('session_id'))))),
  ];
}

function checkSession(sessionId: string): string {
  if (SESSION_ID_PATTERN.test(sessionId)) return sessionId;
  throw invalidRequest([{ path: 'session_id', message: 'expected 1 to 64 letters, digits, "_" or "-"' }]);
}
