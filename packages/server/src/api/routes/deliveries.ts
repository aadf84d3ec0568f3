/** What became of each message. */

import { getDelivery, listDeliveries } from '@spacebot/protocol/endpoints/deliveries';
import { toPage, toPageRequest } from '../cursor.ts';
import { ok } from '../exchange.ts';
import { type Route, route } from '../route.ts';
import type { RouteParts } from './route-parts.ts';

export function deliveryRoutes({ services: { deliveries } }: RouteParts): Route[] {
  return [
    route(listDeliveries, async ({ query }) => {
      const { limit: _limit, cursor: _cursor, ...filter } = query;
      return ok(toPage('deliveries', await deliveries.list(filter, toPageRequest('deliveries', query))));
    }),
    route(getDelivery, async ({ param }) => ok(await deliveries.get(param('delivery_id')))),
  ];
}
