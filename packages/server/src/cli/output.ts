/** Everything a command says: results on stdout, the rest on stderr, in the form the caller asked for. */

import type { CliHost } from './host.ts';
import { createPaint, type Paint } from './paint.ts';

export interface Output {
  readonly json: boolean;
  readonly quiet: boolean;
  /** Colours for stdout; leaves text as it is where nobody looks at a terminal. */
  readonly paint: Paint;
  /** Colours for stderr. */
  readonly paintError: Paint;
  /** Terminal width in characters; endless when stdout is not a terminal. */
  readonly width: number;
  /** The result of the command: `document` with `--json`, otherwise the text that `human` makes. Called once. */
  result(document: unknown, human: () => string): void;
  /** A piece of the result as it comes, without a line end. */
  write(text: string): void;
  /** A remark for people on stderr; silent with `--quiet` and `--json`. */
  note(text: string): void;
  /** Text on stderr in any case. */
  warn(text: string): void;
}

export interface OutputOptions {
  readonly json: boolean;
  readonly quiet: boolean;
}

export function createOutput(host: CliHost, options: OutputOptions): Output {
  const write = (text: string) => void host.stdout.write(text);
  const warn = (text: string) => void host.stderr.write(`${text}\n`);
  return {
    ...options,
    paint: createPaint(wantsColor(host, host.stdout.isTTY)),
    paintError: createPaint(wantsColor(host, host.stderr.isTTY)),
    width: host.stdout.isTTY === true ? (host.stdout.columns ?? 80) : Number.POSITIVE_INFINITY,
    result(document, human) {
      const text = options.json ? JSON.stringify(document) : human();
      if (text !== '') write(`${text}\n`);
    },
    write,
    note(text) {
      if (!options.quiet && !options.json) warn(text);
    },
    warn,
  };
}

/** `NO_COLOR` with any value but the empty one means plain text (no-color.org). */
function wantsColor(host: CliHost, isTerminal: boolean | undefined): boolean {
  const { NO_COLOR: noColor, TERM: term } = host.environment;
  return isTerminal === true && (noColor === undefined || noColor === '') && term !== 'dumb';
}
