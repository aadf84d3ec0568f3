/** The command line's surroundings when it really runs: this process. */

import type { CreateApp } from '../app/app.ts';
import { systemClock } from '../core/clock.ts';
import type { CliHost } from './host.ts';
import { errorField } from './node-errors.ts';

export function createProcessHost(packageRoot: string, loadApp: () => Promise<CreateApp>): CliHost {
  endQuietlyWithReader();
  return {
    packageRoot,
    launcher: [process.execPath, ...process.execArgv, process.argv[1] ?? ''],
    environment: process.env,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    clock: systemClock,
    loadApp,
    onSignal(name, listener) {
      process.on(name, listener);
      return () => process.off(name, listener);
    },
    exitNow: (code) => process.exit(code),
    ...(process.send === undefined ? {} : { report: reportToParent }),
  };
}

/** Resolves once the message has left; the channel is closed then, so that it does not tie the daemon to its starter. */
function reportToParent(message: unknown): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      if (process.connected) process.disconnect();
      resolve();
    };
    if (process.connected && process.send !== undefined) process.send(message, done);
    else resolve();
  });
}

/** `spacebot logs | head` ends when `head` has seen enough; that is no failure worth a stack. */
function endQuietlyWithReader(): void {
  process.stdout.on('error', (error) => {
    if (errorField(error, 'code') === 'EPIPE') process.exit(0);
    throw error;
  });
}
