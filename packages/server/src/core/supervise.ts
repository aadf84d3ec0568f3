/** Background work has an owner and a name; its failure is logged, never lost. */

import { CancelledError } from './errors.ts';
import type { Logger } from './logger.ts';

/** Watches a task nobody awaits. A cancelled task ends silently; any other failure is logged under `name`. */
export function supervise(log: Logger, name: string, task: Promise<unknown>): void {
  task.catch((error: unknown) => {
    if (!(error instanceof CancelledError)) log.error(`background task failed: ${name}`, { error });
  });
}
