/** `spacebot restart`: stop, if it runs, and start. */

import { isAppError } from '../../core/errors.ts';
import { CliError } from '../cli-error.ts';
import type { CommandContext } from '../context.ts';
import { pause } from '../pause.ts';
import { stopDaemon } from '../stop-daemon.ts';
import { start } from './start.ts';

export interface RestartFlags {
  readonly foreground?: boolean;
  readonly timeout: number;
}

export async function restart(context: CommandContext, flags: RestartFlags): Promise<number> {
  if (context.remote !== null) return restartRemote(context, flags.timeout);
  try {
    await stopDaemon(context, flags.timeout);
    context.output.note('spacebot stopped');
  } catch (error) {
    if (!isAppError(error) || error.code !== 'not_running') throw error;
  }
  return start(context, { foreground: flags.foreground === true });
}

const CONFIRM_TIMEOUT_MS = 30_000;
const POLL_MS = 200;

/** A daemon elsewhere restarts itself; a new run id proves that it did (CLI-7). */
async function restartRemote(context: CommandContext, timeoutSecs: number): Promise<number> {
  const client = await context.connect();
  const { clock } = context.host;
  const before = await client.call('GET /status');
  await client.call('POST /system/restart', { body: { timeout_secs: Math.floor(timeoutSecs) } });
  const deadline = clock.now() + timeoutSecs * 1000 + CONFIRM_TIMEOUT_MS;
  for (;;) {
    const now = await client.call('GET /status').catch(() => undefined);
    if (now !== undefined && now.run_id !== before.run_id && now.state !== 'starting') {
      const { pid, url, state } = now;
      context.output.result({ pid, url, state, first_start: false }, () => `spacebot started (pid ${pid})\nAPI ${url}`);
      return 0;
    }
    if (clock.now() > deadline) throw new CliError('start_timeout', 'spacebot did not come back in time');
    await pause(clock, POLL_MS);
  }
}
