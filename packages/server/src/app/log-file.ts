/** The log as JSON lines in the instance folder, rotated by day and written behind, so that no turn waits for it. */

import { closeSync, existsSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../core/clock.ts';
import { toIso } from '../core/clock.ts';
import { AppError } from '../core/errors.ts';
import type { LogContext, Logger, LogLevel } from '../core/logger.ts';

const LEVELS: readonly LogLevel[] = ['error', 'warn', 'info', 'debug', 'trace'];
const FLUSH_MS = 200;
const FLUSH_BYTES = 64 * 1024;
const DAY_MS = 24 * 60 * 60 * 1000;

export interface LogOptions {
  readonly instanceDir: string;
  readonly runId: string;
  readonly clock: Clock;
  /** Also written here; `pretty` for people. */
  readonly terminal: { readonly write: (line: string) => void } | null;
  readonly scrub: (text: string) => string;
}

export interface LogSettings {
  readonly level: LogLevel;
  readonly format: 'json' | 'pretty';
  readonly retentionDays: number;
}

interface Line {
  readonly ts: string;
  readonly level: LogLevel;
  readonly component: string;
  readonly msg: string;
}

/** Writes lines until closed; the settings may change at any time. */
export class LogFile {
  readonly #options: LogOptions;
  readonly #folder: string;
  readonly #path: string;
  #settings: LogSettings = { level: 'info', format: 'json', retentionDays: 14 };
  #file: number;
  #day: string;
  #pending: string[] = [];
  #pendingBytes = 0;
  #cancelFlush: (() => void) | null = null;

  constructor(options: LogOptions) {
    this.#options = options;
    this.#folder = join(options.instanceDir, 'logs');
    this.#path = join(this.#folder, 'spacebot.log');
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    this.#day = this.#dayOfFile();
    this.#file = openSync(this.#path, 'a', 0o600);
    this.#rotateIfNeeded(toIso(options.clock.now()).slice(0, 10));
  }

  configure(settings: LogSettings): void {
    this.#settings = settings;
    this.#removeOld();
  }

  logger(component: string): Logger {
    const at = (level: LogLevel) => (message: string, context?: LogContext) => this.#write(level, component, message, context);
    return {
      error: at('error'),
      warn: at('warn'),
      info: at('info'),
      debug: at('debug'),
      trace: at('trace'),
      component: (name) => this.logger(name),
    };
  }

  close(): void {
    this.#flush();
    closeSync(this.#file);
  }

  #write(level: LogLevel, component: string, msg: string, context: LogContext = {}): void {
    if (LEVELS.indexOf(level) > LEVELS.indexOf(this.#settings.level)) return;
    const { error, fields, ...known } = context;
    const line: Line & Record<string, unknown> = {
      ts: toIso(this.#options.clock.now()),
      level,
      component,
      msg,
      run_id: this.#options.runId,
      ...known,
      ...(error === undefined ? {} : { error: describeError(error) }),
      ...(fields === undefined ? {} : { fields }),
    };
    const text = this.#options.scrub(JSON.stringify(line));
    this.#pending.push(text);
    this.#pendingBytes += text.length;
    this.#options.terminal?.write(`${this.#settings.format === 'pretty' ? this.#options.scrub(prettyLine(line)) : text}\n`);
    if (level === 'error' || this.#pendingBytes > FLUSH_BYTES) this.#flush();
    else this.#cancelFlush ??= this.#options.clock.schedule(FLUSH_MS, () => this.#flush());
  }

  #flush(): void {
    this.#cancelFlush?.();
    this.#cancelFlush = null;
    if (this.#pending.length === 0) return;
    const text = `${this.#pending.join('\n')}\n`;
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#rotateIfNeeded(toIso(this.#options.clock.now()).slice(0, 10));
    try {
      writeSync(this.#file, text);
    } catch {
      // A full disk must not take down what still works; the state of the stores is reported where it can be acted on.
    }
  }

  #dayOfFile(): string {
    return existsSync(this.#path) ? toIso(statSync(this.#path).mtimeMs).slice(0, 10) : toIso(this.#options.clock.now()).slice(0, 10);
  }

  #rotateIfNeeded(today: string): void {
    if (today === this.#day) return;
    closeSync(this.#file);
    if (existsSync(this.#path)) renameSync(this.#path, join(this.#folder, `spacebot-${this.#day}.log`));
    this.#file = openSync(this.#path, 'a', 0o600);
    this.#day = today;
    this.#removeOld();
  }

  #removeOld(): void {
    const oldest = toIso(this.#options.clock.now() - this.#settings.retentionDays * DAY_MS).slice(0, 10);
    for (const name of readdirSync(this.#folder)) {
      const day = /^spacebot-(\d{4}-\d{2}-\d{2})\.log$/.exec(name)?.[1];
      if (day !== undefined && day < oldest) rmSync(join(this.#folder, name), { force: true });
    }
  }
}

function describeError(error: unknown): { code: string; message: string; stack?: string; cause?: unknown } {
  if (!(error instanceof Error)) return { code: 'internal', message: String(error) };
  const code = error instanceof AppError ? error.code : 'internal';
  const cause = error.cause instanceof Error ? { cause: describeError(error.cause) } : {};
  return { code, message: error.message, ...(error.stack === undefined ? {} : { stack: error.stack }), ...cause };
}

function prettyLine(line: Line & Record<string, unknown>): string {
  const { ts, level, component, msg, run_id: _, ...rest } = line;
  const more = Object.keys(rest).length === 0 ? '' : ` ${JSON.stringify(rest)}`;
  return `${ts.slice(11, 23)} ${level.toUpperCase().padEnd(5)} ${component}: ${msg}${more}`;
}
