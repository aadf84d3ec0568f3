/** Commands that work with the daemon up, through it, and with the daemon down, on the files. */

import { isAppError } from '../core/errors.ts';
import { CliError } from './cli-error.ts';
import type { CommandContext, DaemonClient } from './context.ts';
import { findDaemon } from './instance-state.ts';

/** Asks the daemon, or works on the files when there is none; never on files that a daemon holds without answering. */
export async function withOrWithoutDaemon<Result>(
  context: CommandContext,
  online: (client: DaemonClient) => Promise<Result>,
  offline: () => Promise<Result>,
): Promise<Result> {
  try {
    return await online(await context.connect());
  } catch (error) {
    if (context.remote !== null || !isAppError(error) || error.code !== 'not_running') throw error;
  }
  const pid = await findDaemon(context.instance);
  if (pid !== null) throw new CliError('data_locked', `spacebot (pid ${pid}) is starting or stopping; try again in a moment.`);
  return offline();
}
