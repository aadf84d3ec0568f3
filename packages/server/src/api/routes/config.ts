/** The configuration file and the settings of the instance. */

import {
  getConfig,
  getConfigSchema,
  getRawConfig,
  getSettings,
  putRawConfig,
  updateConfig,
  updateSettings,
  validateConfig,
} from '@spacebot/protocol/endpoints/config';
import { InputError } from '../../core/errors.ts';
import { expectedRevision, ok } from '../exchange.ts';
import { type Route, route, routeWithBody, routeWithText } from '../route.ts';
import type { RouteParts } from './route-parts.ts';

export function configRoutes({ services: { config } }: RouteParts): Route[] {
  return [
    route(getConfig, async () => ok(await config.document())),
    routeWithBody(updateConfig, async ({ body, exchange }) => ok(await config.update(body, expectedRevision(exchange)))),
    route(getRawConfig, async () => {
      const { toml, revision } = await config.raw();
      return { status: 200, text: toml, headers: { 'Content-Type': 'application/toml', ETag: `"${revision}"` } };
    }),
    routeWithText(putRawConfig, async ({ body, exchange }) => {
      const expected = expectedRevision(exchange);
      if (expected === undefined) throw new InputError('precondition_required', 'Send If-Match with the ETag of the text that was edited.');
      return ok(await config.writeRaw(body, expected));
    }),
    routeWithBody(validateConfig, async ({ body }) => ok(await config.validate(body.toml))),
    route(getConfigSchema, async () => ok(config.schema())),
    route(getSettings, async () => ok(await config.settings())),
    routeWithBody(updateSettings, async ({ body }) => ok(await config.updateSettings(body))),
  ];
}
