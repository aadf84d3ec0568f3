/** Ends a daemon and waits until it is gone. */

import { isAppError } from '../core/errors.ts';
import { CliError, notRunning } from './cli-error.ts';
import type { CommandContext } from './context.ts';
import { findDaemon, isAlive, readPid } from './instance-state.ts';
import { pause } from './pause.ts';

const POLL_MS = 50;
/** What a daemon may need after its turns have ended or were cut off. */
const GRACE_MS = 10_000;

/** Returns the pid that ended. Throws `not_running`, or `timeout` when it still lives. Seconds. */
export async function stopDaemon(context: CommandContext, timeoutSecs: number): Promise<number> {
  const pid = await requestStop(context, timeoutSecs);
  const isGone = context.remote === null ? () => isLocalGone(context, pid) : () => isRemoteGone(context);
  const { clock } = context.host;
  const deadline = clock.now() + timeoutSecs * 1000 + GRACE_MS;
  while (!(await isGone())) {
    if (clock.now() > deadline)
      throw new CliError('timeout', `spacebot (pid ${pid}) has not ended yet`, { hint: 'It goes on stopping.', details: { pid } });
    await pause(clock, POLL_MS);
  }
  return pid;
}

async function requestStop(context: CommandContext, timeoutSecs: number): Promise<number> {
  try {
    const client = await context.connect();
    const { pid } = await client.call('GET /status');
    await client.call('POST /system/stop', { body: { timeout_secs: Math.floor(Math.min(timeoutSecs, 3600)) } });
    return pid;
  } catch (error) {
    if (context.remote !== null || !isAppError(error) || error.code !== 'not_running') throw error;
    return signalStop(context);
  }
}

/** For a daemon that holds the folder but does not answer, such as one that is still starting. */
async function signalStop({ instance }: CommandContext): Promise<number> {
  const pid = await findDaemon(instance);
  if (pid === null) throw notRunning();
  process.kill(pid, 'SIGTERM');
  return pid;
}

async function isLocalGone({ instance }: CommandContext, pid: number): Promise<boolean> {
  const isHolder = (await readPid(instance.pidFile)) === pid;
  return !(await isAlive(pid)) || (!isHolder && (await findDaemon(instance)) === null);
}

async function isRemoteGone(context: CommandContext): Promise<boolean> {
  try {
    await (await context.connect()).call('GET /health');
    return false;
  } catch {
    return true;
  }
}
