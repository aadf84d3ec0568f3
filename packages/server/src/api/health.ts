/** The two questions that are asked before anything else is loaded: does the process answer, and is it ready. */

import type { ApiServices } from '../app/api-services.ts';
import { type Answer, ok } from './exchange.ts';

/** Undefined for every other path; another method is told by the route table which ones there are. */
export function answerHealth(services: Pick<ApiServices, 'system' | 'version'>, method: string, path: string): Answer | undefined {
  if (method !== 'GET') return undefined;
  if (path === '/api/health') return ok({ status: 'ok', version: services.version });
  if (path !== '/api/health/ready') return undefined;
  const status = services.system.readiness();
  return { status: status === 'ready' ? 200 : 503, body: { status } };
}
