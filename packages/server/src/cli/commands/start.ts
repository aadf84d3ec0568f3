/** `spacebot start`: brings the daemon up, in the background or in this terminal. */

import { startInBackground } from '../background-start.ts';
import { usageError } from '../cli-error.ts';
import type { CommandContext } from '../context.ts';
import type { ReadyReport } from '../daemon-report.ts';
import { runDaemon } from '../run-daemon.ts';

export interface StartFlags {
  readonly foreground?: boolean;
  readonly demo?: boolean;
  /** This process is the one that another `start` waits for. */
  readonly backgroundChild?: boolean;
}

export async function start(context: CommandContext, flags: StartFlags): Promise<number> {
  if (context.flags.url !== undefined) throw usageError('A daemon is started on the machine it runs on.', 'Leave --url away.');
  const demo = flags.demo === true;
  if (flags.backgroundChild === true) return runDaemon(context, { demo, foreground: false, onReady: () => {} });
  const announceHere = (report: ReadyReport) => announce(context, report);
  if (flags.foreground === true) return runDaemon(context, { demo, foreground: true, onReady: announceHere });
  announceHere(await startInBackground(context, demo));
  return 0;
}

function announce({ output, instance }: CommandContext, report: ReadyReport): void {
  const { pid, url, state, firstStart, token } = report;
  const lines = [`spacebot started (pid ${pid})`, `API ${url}`, ...(token === null ? [] : [`API token: ${token}`])];
  output.result({ pid, url, state, first_start: firstStart, ...(token === null ? {} : { token }) }, () => lines.join('\n'));
  if (state === 'setup') {
    output.note(
      `No model provider is configured yet. Set ANTHROPIC_API_KEY or OPENAI_API_KEY, or add a key under [llm] in ${instance.configFile}.`,
    );
    output.note('To look around without one: spacebot stop, then spacebot start --demo');
  }
}
