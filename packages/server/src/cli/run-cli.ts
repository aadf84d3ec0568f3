/** One run of the command line: parse, run, and turn whatever happens into output and an exit status. */

import { CommanderError } from 'commander';
import { usageError } from './cli-error.ts';
import type { CommandContext, GlobalFlags } from './context.ts';
import { EXIT } from './exit-codes.ts';
import type { CliHost } from './host.ts';
import { locateInstance } from './instance-paths.ts';
import { createOutput } from './output.ts';
import { buildProgram } from './program.ts';
import { reportError } from './report-error.ts';

/** Returns the exit status; never throws. */
export async function runCli(args: readonly string[], version: string, host: CliHost): Promise<number> {
  let exitCode: number = EXIT.ok;
  const program = buildProgram(version, async (flags, run) => {
    exitCode = (await run(createContext(flags, host))) ?? EXIT.ok;
  });
  const wantsJson = isAmongFlags(args, '--json');
  program.configureOutput({
    writeOut: (text) => void host.stdout.write(text),
    writeErr: (text) => void (wantsJson ? undefined : host.stderr.write(text)),
    outputError: () => {},
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return endParsing(error, host, wantsJson);
    const flags = { json: wantsJson, debug: isAmongFlags(args, '--debug') };
    return reportError(error, host, flags);
  }
}

/** Flags as written, for the case that parsing itself fails. */
function isAmongFlags(args: readonly string[], flag: string): boolean {
  const end = args.indexOf('--');
  return args.slice(0, end === -1 ? args.length : end).includes(flag);
}

function endParsing(error: CommanderError, host: CliHost, json: boolean): number {
  switch (error.code) {
    case 'commander.helpDisplayed':
    case 'commander.version':
      return EXIT.ok;
    case 'commander.help':
      return json ? reportError(usageError('A sub-command is missing.'), host, { json }) : EXIT.usage;
    default:
      return reportError(usageError(error.message.replace(/^error: /u, ''), 'See: spacebot --help'), host, { json });
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
