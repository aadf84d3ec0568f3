/** Agents, their identity files and their settings. */

import { IdentityPart, MAX_IDENTITY_BYTES } from '@spacebot/protocol/agents';
import {
  createAgent,
  deleteAgent,
  getAgent,
  getAgentSettings,
  getIdentity,
  listAgents,
  pauseAgent,
  putIdentity,
  resumeAgent,
  updateAgent,
  updateAgentSettings,
} from '@spacebot/protocol/endpoints/agents';
import { InputError, NotFoundError } from '../../core/errors.ts';
import { toPage, toPageRequest } from '../cursor.ts';
import { created, expectedRevision, noContent, ok } from '../exchange.ts';
import { type Route, route, routeWithBody } from '../route.ts';
import type { RouteParts } from './route-parts.ts';

export function agentRoutes({ services: { agents } }: RouteParts): Route[] {
  return [
    route(listAgents, async ({ query }) => ok(toPage('agents', await agents.list(toPageRequest('agents', query))))),
    routeWithBody(createAgent, async ({ body }) => {
      const agent = await agents.create(body);
      return created(`/api/agents/${agent.id}`, agent);
    }),
    route(getAgent, async ({ param }) => ok(await agents.get(param('agent_id')))),
    routeWithBody(updateAgent, async ({ param, body, exchange }) =>
      ok(await agents.update(param('agent_id'), body, expectedRevision(exchange))),
    ),
    route(deleteAgent, async ({ param, query, exchange }) => {
      await agents.delete(param('agent_id'), query, expectedRevision(exchange));
      return noContent;
    }),
    routeWithBody(pauseAgent, async ({ param, body }) => ok(await agents.pause(param('agent_id'), body.reason ?? null))),
    routeWithBody(resumeAgent, async ({ param, body }) => ok(await agents.resume(param('agent_id'), body.reason ?? null))),
    route(getIdentity, async ({ param }) => ok(await agents.identity(param('agent_id')))),
    routeWithBody(putIdentity, async ({ param, body, exchange }) => {
      const part = IdentityPart.safeParse(param('part'));
      if (!part.success)
        throw new NotFoundError('not_found', `There is no identity file of this name; use ${IdentityPart.options.join(', ')}.`);
      checkSize(body.content);
      return ok(await agents.writeIdentity(param('agent_id'), part.data, body.content, expectedRevision(exchange)));
    }),
    route(getAgentSettings, async ({ param }) => ok(await agents.settings(param('agent_id')))),
    routeWithBody(updateAgentSettings, async ({ param, body }) => ok(await agents.updateSettings(param('agent_id'), body))),
  ];
}

function checkSize(content: string): void {
  if (Buffer.byteLength(content) <= MAX_IDENTITY_BYTES) return;
  throw new InputError('content_too_large', `An identity file holds at most ${MAX_IDENTITY_BYTES} bytes.`);
}
