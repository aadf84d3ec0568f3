/** Which agent a command means when none is named. */

import { CliError } from './cli-error.ts';
import type { DaemonClient } from './context.ts';

/** The named agent, else the daemon's default one. */
export async function chooseAgent(client: DaemonClient, named: string | undefined): Promise<string> {
  if (named !== undefined) return named;
  const { items } = await client.call('GET /agents', { query: { limit: 200 } });
  const chosen = items.find((agent) => agent.default) ?? items[0];
  if (chosen === undefined) throw new CliError('agent_not_found', 'There is no agent.');
  return chosen.id;
}
