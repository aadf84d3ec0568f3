/** `spacebot completions`: a script for the shell, made from the tree of commands so that it never falls behind. */

import type { Argument, Command, Option } from 'commander';
import type { CommandContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';

export type Shell = 'bash' | 'zsh' | 'fish';

export async function completions({ output }: CommandContext, shell: Shell, program: Command): Promise<number> {
  const script = WRITERS[shell](collectNodes(program));
  output.result({ shell, script }, () => script.trimEnd());
  return EXIT.ok;
}

/** One command with what may follow it. */
interface Node {
  /** Names from the program down, without the program: `agents create`. */
  readonly path: readonly string[];
  readonly children: readonly { readonly name: string; readonly summary: string }[];
  readonly options: readonly Option[];
  readonly choices: readonly string[];
}

function collectNodes(command: Command, path: readonly string[] = []): Node[] {
  const node: Node = {
    path,
    children: command.commands.map((child) => ({ name: child.name(), summary: child.description() })),
    options: [...command.options, ...helpOptionsOf(command)].filter((option) => !option.hidden),
    choices: command.registeredArguments.flatMap((argument: Argument) => argument.argChoices ?? []),
  };
  return [node, ...command.commands.flatMap((child) => collectNodes(child, [...path, child.name()]))];
}

/** The help flag is no ordinary option to the parser. */
function helpOptionsOf(command: Command): Option[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .filter((option) => option.long === '--help');
}

function flagsOf(option: Option): string[] {
  return [option.short, option.long].filter((flag) => flag !== undefined);
}

const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/** The command so far is found by walking the words, skipping flags and their values. */
function writeBash(nodes: readonly Node[]): string {
  const cases = nodes.map(({ path, children, options, choices }) => {
    const words = [...children.map(({ name }) => name), ...choices, ...options.flatMap(flagsOf)];
    return `    ${quote(path.join(' '))}) words=${quote(words.join(' '))} ;;`;
  });
  return `# bash completion for spacebot: eval "$(spacebot completions bash)"
_spacebot() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" path='' words='' index word
  case "$previous" in
    ${valueFlags(nodes).join('|')}) COMPREPLY=($(compgen -f -- "$current")); return ;;
  esac
  for ((index = 1; index < COMP_CWORD; index++)); do
    word="\${COMP_WORDS[index]}"
    case "\${path:+$path }$word" in
      ${commandPaths(nodes).map(quote).join('|')}) path="\${path:+$path }$word" ;;
    esac
  done
  case "$path" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _spacebot spacebot
`;
}

function commandPaths(nodes: readonly Node[]): string[] {
  return nodes.map(({ path }) => path.join(' ')).filter((path) => path !== '');
}

function valueFlags(nodes: readonly Node[]): string[] {
  const flags = nodes.flatMap(({ options }) => options.filter((option) => option.required).flatMap(flagsOf));
  return [...new Set(flags)].sort();
}

function writeZsh(nodes: readonly Node[]): string {
  const cases = nodes.map(({ path, children, options, choices }) => {
    const entries = [
      ...children.map(({ name, summary }) => `${name}:${summary}`),
      ...choices,
      ...options.flatMap((option) => flagsOf(option).map((flag) => `${flag}:${option.description}`)),
    ];
    return `    ${quote(path.join(' '))}) entries=(${entries.map(quote).join(' ')}) ;;`;
  });
  return `#compdef spacebot
# zsh completion for spacebot: spacebot completions zsh > "\${fpath[1]}/_spacebot"
_spacebot() {
  local path_so_far='' word
  local -a entries
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "\${path_so_far:+$path_so_far }$word" in
      ${commandPaths(nodes)
        .map((path) => quote(path))
        .join('|')}) path_so_far="\${path_so_far:+$path_so_far }$word" ;;
    esac
  done
  case "$path_so_far" in
${cases.join('\n')}
  esac
  _describe 'spacebot' entries || _files
}
if [[ "$funcstack[1]" == _spacebot ]]; then _spacebot "$@"; else compdef _spacebot spacebot; fi
`;
}

function writeFish(nodes: readonly Node[]): string {
  const lines = nodes.flatMap((node) => {
    const condition = `-n ${quote(fishCondition(node))}`;
    return [
      ...node.children.map(({ name, summary }) => `complete -c spacebot -f ${condition} -a ${name} -d ${quote(summary)}`),
      ...node.choices.map((choice) => `complete -c spacebot -f ${condition} -a ${choice}`),
      ...node.options.map((option) => `complete -c spacebot ${condition} ${fishFlags(option)} -d ${quote(option.description)}`),
    ];
  });
  return ['# fish completion for spacebot: spacebot completions fish | source', ...lines, ''].join('\n');
}

/** True while exactly the words of the path, and none of its sub-commands, stand on the line. */
function fishCondition({ path, children }: Node): string {
  const seen = path.map((name) => `__fish_seen_subcommand_from ${name}`);
  const names = children.map(({ name }) => name);
  const unseen = names.length === 0 ? [] : [`not __fish_seen_subcommand_from ${names.join(' ')}`];
  return [...seen, ...unseen].join('; and ');
}

function fishFlags({ short, long, required }: Option): string {
  const parts = [short === undefined ? '' : `-s ${short.slice(1)}`, long === undefined ? '' : `-l ${long.slice(2)}`, required ? '-r' : ''];
  return parts.filter((part) => part !== '').join(' ');
}

const WRITERS: { readonly [Name in Shell]: (nodes: readonly Node[]) => string } = { bash: writeBash, zsh: writeZsh, fish: writeFish };
