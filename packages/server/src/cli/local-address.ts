/** Port and token of the local daemon, for an instance whose folder name is too long for a socket. */

import { readFile } from 'node:fs/promises';
import { notRunning } from './cli-error.ts';
import type { CommandContext } from './context.ts';
import { openConfig, readSnapshot } from './open-config.ts';

/** Throws `not_running` when the daemon chose its own port, which only a socket could tell. */
export async function findLocalAddress(context: CommandContext): Promise<{ readonly baseUrl: string; readonly token?: string }> {
  const { values } = await readSnapshot(openConfig(context));
  const { port, bind, auth_token: configured } = values.api;
  if (port === 0) throw notRunning('an unknown port; set api.port, or SPACEBOT_DIR to a shorter path');
  const token = configured ?? (await readFile(context.instance.tokenFile, 'utf8').catch(() => '')).trim();
  return { baseUrl: `http://${toHost(bind)}:${port}`, ...(token === '' ? {} : { token }) };
}

/** An address that listens everywhere is reached on loopback. */
function toHost(bind: string): string {
  if (bind === '0.0.0.0') return '127.0.0.1';
  if (bind === '::') return '[::1]';
  return bind.includes(':') ? `[${bind}]` : bind;
}
