/** The tree of commands with their flags; what a command does is loaded when it is called. */

import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import type { CommandContext, GlobalFlags } from './context.ts';

/** Resolves to the exit status, 0 when it says nothing. */
type CommandRun = (context: CommandContext) => Promise<number | undefined>;
type Execute = (flags: GlobalFlags, run: CommandRun) => Promise<void>;

const DESCRIPTION = 'A self-hosted assistant that talks, thinks, works and remembers side by side.';

export interface ProgramOptions {
  readonly version: string;
  readonly execute: Execute;
  readonly writeHelp: (text: string) => void;
  /** For help that nobody asked for, because a sub-command is missing. */
  readonly writeHelpAsError: (text: string) => void;
}

/** Throws CommanderError when it parses what it cannot run; prints nothing but help. */
export function buildProgram({ version, execute, writeHelp, writeHelpAsError }: ProgramOptions): Command {
  const program = new Command('spacebot').description(DESCRIPTION).enablePositionalOptions().exitOverride();
  program.configureOutput({ writeOut: writeHelp, writeErr: writeHelpAsError, outputError: () => {} });
  program.version(`spacebot ${version}`, '-V, --version', 'print the version').helpCommand(false);
  const tree: Tree = { program, execute };
  addLifeCommands(tree);
  addChatCommand(tree);
  addAgentCommands(tree);
  addChannelCommands(tree);
  addConfigCommands(tree);
  addLogCommands(tree);
  addGlobalFlags(program);
  return program;
}

interface Tree {
  readonly program: Command;
  readonly execute: Execute;
}

/** Every command knows the global flags, so that they may stand on either side of its name. */
function addGlobalFlags(command: Command): void {
  const options = [
    new Option('-c, --config <file>', 'configuration file; its folder is the instance unless SPACEBOT_DIR or --dir says otherwise'),
    new Option('--dir <dir>', 'instance folder (~/.spacebot)'),
    new Option('--url <url>', 'address of a daemon elsewhere, with --token'),
    new Option('--token <token>', 'API token for --url'),
    new Option('--json', 'print one JSON document'),
    new Option('-q, --quiet', 'no remarks'),
    new Option('--debug', 'show requests and where an error comes from'),
  ];
  for (const option of options) command.addOption(option.helpGroup(GLOBAL_OPTIONS));
  command.addHelpOption(new Option('-h, --help', 'show help').helpGroup(GLOBAL_OPTIONS));
  for (const child of command.commands) addGlobalFlags(child);
}

const GLOBAL_OPTIONS = 'Global options:';

function addCommand(parent: Command, name: string, summary: string): Command {
  return parent.command(name).description(summary);
}

function addGroup({ program }: Tree, name: string, summary: string): Command {
  return addCommand(program, name, summary).enablePositionalOptions().helpCommand(false);
}

function seconds(text: string): number {
  const value = Number(text);
  if (!/^\d+(\.\d+)?$/u.test(text) || value > 86_400) throw new InvalidArgumentError('Expected seconds, 0 to 86400.');
  return value;
}

function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/u.test(text) || value < min || value > max) throw new InvalidArgumentError(`Expected a whole number, ${min} to ${max}.`);
    return value;
  };
}

const agentOption = () => new Option('-a, --agent <id>', 'agent (the default agent)');
const stopTimeout = () => new Option('--timeout <secs>', 'time for running turns').argParser(seconds).default(30);
const foreground = () => new Option('-f, --foreground', 'stay in this terminal and show the log');
const yes = () => new Option('-y, --yes', 'do not ask');

/** The flags of a command and of everything above it. */
function flagsOf<Flags extends GlobalFlags>(command: Command): Flags {
  return command.optsWithGlobals<Flags>();
}

function addLifeCommands({ program, execute }: Tree): void {
  addCommand(program, 'start', 'start the daemon')
    .addOption(foreground())
    .option('--demo', 'add the offline demo model and use it for this run')
    .addOption(new Option('--background-child').hideHelp())
    .action((_options, command: Command) => {
      const flags = flagsOf<GlobalFlags & { foreground?: boolean; demo?: boolean; backgroundChild?: boolean }>(command);
      return execute(flags, async (context) => (await import('./commands/start.ts')).start(context, flags));
    });
  addCommand(program, 'stop', 'stop the daemon; running turns get time to end')
    .addOption(stopTimeout())
    .action((_options, command: Command) => {
      const flags = flagsOf<GlobalFlags & { timeout: number }>(command);
      return execute(flags, async (context) => (await import('./commands/stop.ts')).stop(context, flags.timeout));
    });
  addCommand(program, 'restart', 'stop and start again')
    .addOption(foreground())
    .addOption(stopTimeout())
    .action((_options, command: Command) => {
      const flags = flagsOf<GlobalFlags & { timeout: number; foreground?: boolean }>(command);
      return execute(flags, async (context) => (await import('./commands/restart.ts')).restart(context, flags));
    });
  addCommand(program, 'status', 'how the daemon, its agents and its platforms are doing').action((_options, command: Command) =>
    execute(flagsOf(command), async (context) => (await import('./commands/status.ts')).status(context)),
  );
}

function addChatCommand({ program, execute }: Tree): void {
  addCommand(program, 'chat', 'talk to an agent')
    .addOption(agentOption())
    .option('-m, --message <text>', 'send one message, print the answer and end; "-" reads it from stdin')
    .option('-s, --session <id>', 'which conversation', 'cli')
    .option('--no-stream', 'print the answer when it is complete')
    .addOption(new Option('--timeout <secs>', 'longest wait for an answer').argParser(seconds).default(300))
    .action((_options, command: Command) => {
      const flags = flagsOf<GlobalFlags & { agent?: string; message?: string; session: string; stream: boolean; timeout: number }>(command);
      return execute(flags, async (context) => (await import('./commands/chat.ts')).chat(context, flags));
    });
}

function addAgentCommands(tree: Tree): void {
  const { execute } = tree;
  const group = addGroup(tree, 'agents', 'list, create, show and delete agents');
  addList(group, 'list', 'all agents').action((_options, command: Command) => {
    const flags = flagsOf<GlobalFlags & { limit: number; cursor?: string }>(command);
    return execute(flags, async (context) => (await import('./commands/agents.ts')).listAgents(context, flags));
  });
  addCommand(group, 'create', 'create an agent with its identity files')
    .argument('<id>', 'a-z, 0-9, "-" and "_"')
    .option('--display-name <name>', 'what people see')
    .option('--role <text>', 'its duty in a sentence')
    .option('--default', 'answers where no binding names an agent')
    .option('--template <name>', 'which identity files to begin with')
    .action((id: string, _options, command: Command) => {
      const flags = flagsOf<GlobalFlags & { displayName?: string; role?: string; default?: boolean; template?: string }>(command);
      return execute(flags, async (context) => (await import('./commands/agents-create.ts')).createAgent(context, id, flags));
    });
  addCommand(group, 'delete', 'stop an agent and take it out of the configuration')
    .argument('<id>')
    .addOption(yes())
    .option('--purge', 'delete its files too; they stay in the trash for 7 days')
    .action((id: string, _options, command: Command) => {
      const flags = flagsOf<GlobalFlags & { yes?: boolean; purge?: boolean }>(command);
      return execute(flags, async (context) => (await import('./commands/agents-delete.ts')).deleteAgent(context, id, flags));
    });
  addCommand(group, 'show', 'one agent')
    .argument('<id>')
    .action((id: string, _options, command: Command) =>
      execute(flagsOf(command), async (context) => (await import('./commands/agents.ts')).showAgent(context, id)),
    );
}

function addList(group: Command, name: string, summary: string): Command {
  return addCommand(group, name, summary)
    .addOption(new Option('--limit <n>', 'most entries').argParser(wholeNumber(1, 200)).default(50))
    .option('--cursor <cursor>', 'go on after an earlier page');
}

function addChannelCommands(tree: Tree): void {
  const { execute } = tree;
  const group = addGroup(tree, 'channels', 'look at conversations, archive and delete them');
  addList(group, 'list', 'conversations, newest first')
    .addOption(agentOption())
    .option('--all', 'archived ones too')
    .option('--platform <name>', 'of one platform')
    .action((_options, command: Command) => {
      const flags = flagsOf<GlobalFlags & { limit: number; cursor?: string; agent?: string; all?: boolean; platform?: string }>(command);
      return execute(flags, async (context) => (await import('./commands/channels.ts')).listChannels(context, flags));
    });
  addList(group, 'messages', 'what was said')
    .argument('<id>')
    .addOption(agentOption())
    .action((id: string, _options, command: Command) => {
      const flags = flagsOf<GlobalFlags & { limit: number; cursor?: string; agent?: string }>(command);
      return execute(flags, async (context) => (await import('./commands/channels.ts')).listMessages(context, id, flags));
    });
  for (const [name, summary] of [
    ['show', 'one conversation'],
    ['archive', 'take a conversation out of the way'],
    ['delete', 'erase a conversation with its messages'],
  ] as const) {
    const command = addCommand(group, name, summary).argument('<id>').addOption(agentOption());
    if (name === 'delete') command.addOption(yes());
    command.action((id: string, _options, self: Command) => {
      const flags = flagsOf<GlobalFlags & { agent?: string; yes?: boolean }>(self);
      return execute(flags, async (context) => (await import('./commands/channels.ts')).actOnChannel(context, name, id, flags));
    });
  }
}

function addConfigCommands(tree: Tree): void {
  const { execute } = tree;
  const group = addGroup(tree, 'config', 'check, read and change the configuration');
  addCommand(group, 'check', 'find mistakes in the file')
    .argument('[file]')
    .option('--strict', 'warnings are failures too')
    .action((file: string | undefined, _options, command: Command) => {
      const flags = flagsOf<GlobalFlags & { strict?: boolean }>(command);
      return execute(flags, async (context) => (await import('./commands/config-check.ts')).checkConfig(context, file, flags));
    });
  addCommand(group, 'get', 'the value in force, of one key or of all')
    .argument('[key]')
    .action((key: string | undefined, _options, command: Command) =>
      execute(flagsOf(command), async (context) => (await import('./commands/config-values.ts')).getConfig(context, key)),
    );
  addCommand(group, 'set', 'change a key')
    .argument('<key>')
    .argument('<value>', 'as TOML, else taken as text')
    .action((key: string, value: string, _options, command: Command) =>
      execute(flagsOf(command), async (context) => (await import('./commands/config-values.ts')).setConfig(context, key, value)),
    );
  addCommand(group, 'unset', 'take a key out of the file')
    .argument('<key>')
    .action((key: string, _options, command: Command) =>
      execute(flagsOf(command), async (context) => (await import('./commands/config-values.ts')).unsetConfig(context, key)),
    );
  addCommand(group, 'path', 'where the file lies').action((_options, command: Command) =>
    execute(flagsOf(command), async (context) => (await import('./commands/config-values.ts')).showConfigPath(context)),
  );
}

function addLogCommands({ program, execute }: Tree): void {
  addCommand(program, 'logs', 'read the log, also while the daemon is down')
    .option('-f, --follow', 'go on as lines come')
    .addOption(new Option('-n, --lines <n>', 'newest lines').argParser(wholeNumber(0, 1_000_000)).default(100))
    .addOption(new Option('--level <level>', 'this level and worse').choices(['error', 'warn', 'info', 'debug', 'trace']))
    .addOption(agentOption())
    .option('--component <name>', 'one part of the system and what is below it')
    .option('--since <time>', 'a time, or an age such as 15m, 2h, 3d')
    .action((_options, command: Command) => {
      const flags = flagsOf<GlobalFlags & LogFlags>(command);
      return execute(flags, async (context) => (await import('./commands/logs.ts')).logs(context, flags));
    });
  addCommand(program, 'completions', 'print a completion script for a shell')
    .addArgument(new Argument('<shell>').choices(['bash', 'zsh', 'fish']))
    .action((shell: 'bash' | 'zsh' | 'fish', _options, command: Command) =>
      execute(flagsOf(command), async (context) => (await import('./commands/completions.ts')).completions(context, shell, program)),
    );
}

interface LogFlags {
  readonly follow?: boolean;
  readonly lines: number;
  readonly level?: 'error' | 'warn' | 'info' | 'debug' | 'trace';
  readonly agent?: string;
  readonly component?: string;
  readonly since?: string;
}
