/** What the routes are made with. */

import type { ApiServices } from '../../app/api-services.ts';
import type { Authenticator } from '../authenticator.ts';
import type { EventStreams } from '../event-streams.ts';
import type { LoginGuard } from '../rate-limiter.ts';

export interface RouteParts {
  readonly services: ApiServices;
  readonly authenticator: Authenticator;
  readonly logins: LoginGuard;
  readonly streams: EventStreams;
}
