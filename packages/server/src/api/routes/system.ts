/** Health, status and the life of the process. */

import { endpoints } from '@spacebot/protocol/endpoints/index';
import { getHealth, getIdle, getOpenapi, getReadiness, getStatus, restartSystem, stopSystem } from '@spacebot/protocol/endpoints/system';
import { type Answer, noContent, ok } from '../exchange.ts';
import { answerHealth } from '../health.ts';
import { makeOpenapi } from '../openapi.ts';
import { type Route, route, routeWithBody } from '../route.ts';
import type { RouteParts } from './route-parts.ts';

export function systemRoutes({ services }: RouteParts): Route[] {
  const { system, version } = services;
  let openapi: string | undefined;
  const health = (path: string) => answerHealth(services, 'GET', path) ?? noContent;
  const requestStop = (restart: boolean, timeoutSecs: number | undefined): Answer => {
    system.requestStop({ restart, timeoutMs: timeoutSecs === undefined ? undefined : timeoutSecs * 1000 });
    return { status: 202, body: {} };
  };
  return [
    route(getHealth, async () => health('/api/health')),
    route(getReadiness, async () => health('/api/health/ready')),
    route(getStatus, async () => ok(await system.status())),
    route(getIdle, async () => ok(await system.idle())),
    routeWithBody(stopSystem, async ({ body }) => requestStop(false, body.timeout_secs)),
    routeWithBody(restartSystem, async ({ body }) => requestStop(true, body.timeout_secs)),
    route(getOpenapi, async () => {
      openapi ??= JSON.stringify(makeOpenapi(endpoints, version));
      return { status: 200, text: openapi, headers: { 'Content-Type': 'application/json' } };
    }),
  ];
}
