/** One run of the command line: parse, run, and turn whatever happens into output and an exit status. */

import { CommanderError } from 'commander';
import { usageError } from './cli-error.ts';
import type { CommandContext, GlobalFlags } from './context.ts';
import { EXIT } from './exit-codes.ts';
import type { CliHost } from './host.ts';
import { locateInstance } from './instance-paths.ts';
import { createOutput } from './output.ts';
import { buildProgram } from './program.ts';
import { type ErrorFlags, reportError } from './report-error.ts';

/** Returns the exit status; never throws. */
export async function runCli(args: readonly string[], version: string, host: CliHost): Promise<number> {
  let exitCode: number = EXIT.ok;
  // As written, for when parsing fails; as parsed from then on.
  let known: ErrorFlags = { json: isAmongFlags(args, '--json'), debug: isAmongFlags(args, '--debug') };
  const program = buildProgram({
    version,
    execute: async (flags, run) => {
      known = { json: flags.json === true, debug: flags.debug === true };
      exitCode = (await run(createContext(flags, host))) ?? EXIT.ok;
    },
    writeHelp: (text) => void host.stdout.write(text),
    // With --json the error is one line; help would be another kind of answer.
    writeHelpAsError: (text) => void (known.json ? undefined : host.stderr.write(text)),
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    return error instanceof CommanderError ? endParsing(error, host, known) : reportError(error, host, known);
  }
}

function isAmongFlags(args: readonly string[], flag: string): boolean {
  const end = args.indexOf('--');
  return args.slice(0, end === -1 ? args.length : end).includes(flag);
}

function endParsing(error: CommanderError, host: CliHost, flags: ErrorFlags): number {
  switch (error.code) {
    case 'commander.helpDisplayed':
    case 'commander.version':
      return EXIT.ok;
    case 'commander.help':
      return flags.json ? reportError(usageError('A sub-command is missing.'), host, flags) : EXIT.usage;
    default:
      return reportError(usageError(error.message.replace(/^error: /u, ''), 'See: spacebot --help'), host, flags);
  }
}

function createContext(flags: GlobalFlags, host: CliHost): CommandContext {
  const { environment } = host;
  const instance = locateInstance({ dir: flags.dir, config: flags.config, environment });
  const context: CommandContext = {
    host,
    flags,
    instance,
    remote: flags.url ?? (environment.SPACEBOT_URL || null),
    output: createOutput(host, { json: flags.json === true, quiet: flags.quiet === true }),
    connect: async () => (await import('./daemon-client.ts')).connectDaemon(context),
  };
  return context;
}
