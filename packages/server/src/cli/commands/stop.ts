/** `spacebot stop`. */

import { isAppError } from '../../core/errors.ts';
import type { CommandContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { stopDaemon } from '../stop-daemon.ts';
import { sayNotRunning } from './status.ts';

export async function stop(context: CommandContext, timeoutSecs: number): Promise<number> {
  try {
    const pid = await stopDaemon(context, timeoutSecs);
    context.output.result({ stopped: true, pid }, () => 'spacebot stopped');
    return EXIT.ok;
  } catch (error) {
    if (isAppError(error) && error.code === 'not_running') return sayNotRunning(context, error);
    throw error;
  }
}
