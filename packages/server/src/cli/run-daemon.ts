/** The daemon in this process: from start to the signal or request that ends it. */

import { spawn } from 'node:child_process';
import type { App } from '../app/app.ts';
import { launchSuccessor, startArguments } from './background-start.ts';
import type { CommandContext } from './context.ts';
import type { ReadyReport } from './daemon-report.ts';
import { describeError } from './report-error.ts';

const SHUTDOWN_TIMEOUT_MS = 30_000;

export interface RunOptions {
  readonly demo: boolean;
  /** In a terminal, with the log on stderr; otherwise the process that started this one is told how it went. */
  readonly foreground: boolean;
  readonly onReady: (report: ReadyReport) => void;
}

/** Resolves to the exit status when the daemon has ended. */
export async function runDaemon(context: CommandContext, options: RunOptions): Promise<number> {
  const signals = watchSignals(context);
  try {
    const app = await startApp(context, options, signals);
    const ending = await Promise.race([signals.firstStop, app.stopped]);
    if (ending === 'signal') await app.stop({ timeoutMs: SHUTDOWN_TIMEOUT_MS });
    if (ending === 'signal' || !ending.restart) return 0;
    signals.release();
    return await startAgain(context, options);
  } finally {
    signals.release();
  }
}

async function startApp(context: CommandContext, options: RunOptions, signals: Signals): Promise<App> {
  const { host, instance } = context;
  try {
    const createApp = await host.loadApp();
    const app = await createApp({
      instanceDir: instance.root,
      configFile: instance.configFile,
      packageRoot: host.packageRoot,
      demo: options.demo,
      logToTerminal: options.foreground,
      environment: host.environment,
    });
    const report: ReadyReport = { type: 'ready', pid: process.pid, ...(await app.start()) };
    signals.reloadsGoTo(app);
    options.onReady(report);
    if (!options.foreground) await host.report?.(report);
    return app;
  } catch (error) {
    const { code, message, details } = describeError(error);
    if (!options.foreground) await host.report?.({ type: 'failed', code, message, details });
    throw error;
  }
}

interface Signals {
  /** Resolves on the first SIGINT or SIGTERM; the second one ends the process at once, and the next start recovers (ST-11). */
  readonly firstStop: Promise<'signal'>;
  reloadsGoTo(app: App): void;
  release(): void;
}

function watchSignals({ host, output }: CommandContext): Signals {
  let stop: (ending: 'signal') => void;
  const firstStop = new Promise<'signal'>((resolve) => {
    stop = resolve;
  });
  let count = 0;
  let app: App | undefined;
  const onStop = () => {
    count += 1;
    if (count > 1) return host.exitNow(1);
    output.note('Stopping; once more to stop at once.');
    stop('signal');
  };
  const onReload = () => void app?.reload().catch((error: unknown) => output.warn(`error: ${describeError(error).message}`));
  const releases = [host.onSignal('SIGINT', onStop), host.onSignal('SIGTERM', onStop), host.onSignal('SIGHUP', onReload)];
  return {
    firstStop,
    reloadsGoTo(started) {
      app = started;
    },
    release() {
      for (const release of releases) release();
    },
  };
}

/** A process cannot start itself anew: in the background a successor takes over; in a terminal this process stays as its keeper. */
async function startAgain(context: CommandContext, options: RunOptions): Promise<number> {
  if (options.foreground) return keepChild(context, options.demo);
  launchSuccessor(context, options.demo);
  return 0;
}

function keepChild({ host, instance, flags }: CommandContext, demo: boolean): Promise<number> {
  const [program, ...launcherArguments] = host.launcher;
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...launcherArguments, ...startArguments(instance, demo, flags.debug === true), '--foreground'], {
      env: { ...host.environment },
      stdio: 'inherit',
      // A group of its own: Ctrl-C would otherwise reach it twice, from the terminal and from here, and twice means at once.
      detached: true,
    });
    const releases = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((name) => host.onSignal(name, () => child.kill(name)));
    child.once('error', reject);
    child.once('exit', (code) => {
      for (const release of releases) release();
      resolve(code ?? 1);
    });
  });
}
