/** The exit status that each error code has on the command line. */

import { type ErrorCode, statusOf } from '@spacebot/protocol/errors';

export const EXIT = {
  ok: 0,
  failure: 1,
  usage: 2,
  notRunning: 3,
  configInvalid: 4,
  notFound: 5,
  conflict: 6,
  unauthorized: 7,
  timeout: 8,
  refused: 9,
  interrupted: 130,
} as const;

const REFUSED = new Set<ErrorCode>([
  'policy_denied',
  'taint_blocked',
  'command_not_allowed',
  'command_blocked',
  'path_outside_workspace',
  'ssrf_blocked',
  'leak_blocked',
  'sandbox_unavailable',
  'approval_denied',
  'approval_expired',
  'budget_exceeded',
  'model_unpriced',
]);

/** Codes whose status over HTTP says something else than what a script wants to know. */
const BY_CODE: Partial<Record<ErrorCode, number>> = {
  usage: EXIT.usage,
  not_running: EXIT.notRunning,
  config_invalid: EXIT.configInvalid,
  start_timeout: EXIT.timeout,
  interrupted: EXIT.interrupted,
  route_not_found: EXIT.failure,
  invalid_agent_id: EXIT.usage,
  invalid_cursor: EXIT.usage,
  invalid_request: EXIT.usage,
  invalid_target: EXIT.usage,
};

const BY_STATUS: Readonly<Record<number, number>> = {
  401: EXIT.unauthorized,
  403: EXIT.unauthorized,
  404: EXIT.notFound,
  409: EXIT.conflict,
  504: EXIT.timeout,
};

export function exitCodeFor(code: ErrorCode): number {
  if (REFUSED.has(code)) return EXIT.refused;
  return BY_CODE[code] ?? BY_STATUS[statusOf(code)] ?? EXIT.failure;
}
