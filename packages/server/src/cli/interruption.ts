/** Ctrl-C as an abort signal. */

import { CancelledError } from '../core/errors.ts';
import type { CliHost } from './host.ts';

export interface Interruption {
  readonly signal: AbortSignal;
  /** What Ctrl-C does, for readers that swallow it. */
  trigger(): void;
  /** Gives Ctrl-C its usual meaning back. */
  release(): void;
}

/** The first Ctrl-C aborts; another one ends the process at once. */
export function interruption(host: CliHost): Interruption {
  const controller = new AbortController();
  const trigger = () => {
    if (controller.signal.aborted) host.exitNow(130);
    else controller.abort(new CancelledError('Interrupted.'));
  };
  return { signal: controller.signal, trigger, release: host.onSignal('SIGINT', trigger) };
}
