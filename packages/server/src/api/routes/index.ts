/** Every route of the API. */

import type { Route } from '../route.ts';
import { agentRoutes } from './agents.ts';
import { channelRoutes } from './channels.ts';
import { configRoutes } from './config.ts';
import { deliveryRoutes } from './deliveries.ts';
import { eventRoutes } from './events.ts';
import { portalRoutes } from './portal.ts';
import type { RouteParts } from './route-parts.ts';
import { sessionRoutes } from './session.ts';
import { systemRoutes } from './system.ts';

export function allRoutes(parts: RouteParts): Route[] {
  return [systemRoutes, sessionRoutes, agentRoutes, channelRoutes, portalRoutes, deliveryRoutes, configRoutes, eventRoutes].flatMap(
    (make) => make(parts),
  );
}
