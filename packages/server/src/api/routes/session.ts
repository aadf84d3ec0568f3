/** Log-in, log-out and the API token. */

import { createSession, deleteSession, getSession, rotateToken } from '@spacebot/protocol/endpoints/system';
import { toIso } from '../../core/clock.ts';
import { AuthError, InputError } from '../../core/errors.ts';
import { noContent, ok } from '../exchange.ts';
import type { Principal } from '../principal.ts';
import { type Route, route, routeWithBody } from '../route.ts';
import type { RouteParts } from './route-parts.ts';

export function sessionRoutes({ services, authenticator, logins, streams }: RouteParts): Route[] {
  return [
    routeWithBody(createSession, async ({ body, exchange }) => {
      const waitMs = logins.waitMs(exchange.clientAddress);
      if (waitMs > 0) throw new InputError('rate_limited', 'Too many failed log-ins; wait a minute.', { retry: { afterMs: waitMs } });
      if (!authenticator.isToken(body.token)) {
        logins.fail(exchange.clientAddress);
        services.log.warn('a log-in failed', { request_id: exchange.requestId, fields: { address: exchange.clientAddress } });
        throw new AuthError('unauthorized', 'This is not the API token.');
      }
      const { setCookie, expiresAt } = await authenticator.signIn(exchange.isHttps);
      return { status: 200, body: { expires_at: expiresAt }, headers: { 'Set-Cookie': setCookie } };
    }),
    route(getSession, async ({ exchange }) => ok(describe(exchange.principal))),
    route(deleteSession, async ({ exchange }) => {
      if (exchange.principal === undefined) return noContent;
      const { setCookie } = await authenticator.signOut(exchange.principal, exchange.isHttps);
      streams.endUnauthorized();
      return { status: 204, headers: { 'Set-Cookie': setCookie } };
    }),
    routeWithBody(rotateToken, async () => {
      const token = await authenticator.rotate();
      streams.endUnauthorized();
      services.log.info('the API token was replaced');
      return ok({ token });
    }),
  ];
}

function describe(principal: Principal | undefined) {
  const expiresAt = principal?.method === 'cookie' ? toIso(principal.expiresAt) : null;
  return { authenticated: principal !== undefined, method: principal?.method ?? 'bearer', expires_at: expiresAt };
}
