/** `spacebot logs`: the newest lines of the log and, with `-f`, those that come. */

import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { LogLevel } from '../../core/logger.ts';
import { usageError } from '../cli-error.ts';
import type { CommandContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { followFile } from '../follow-file.ts';
import { stripControls } from '../format.ts';
import { interruption } from '../interruption.ts';
import { type LogFilter, matchesLog, parseLogLine, renderLogLine } from '../log-line.ts';
import { measureWholeLines, readBackwards } from '../read-backwards.ts';

export interface LogOptions {
  readonly follow?: boolean;
  readonly lines: number;
  readonly level?: LogLevel;
  readonly agent?: string;
  readonly component?: string;
  readonly since?: string;
}

const CURRENT = 'spacebot.log';
const ROTATED = /^spacebot-\d{4}-\d{2}-\d{2}[\w.-]*\.log$/u;

export async function logs(context: CommandContext, options: LogOptions): Promise<number> {
  const { host, instance, output } = context;
  if (context.remote !== null)
    throw usageError('The log is read from the files of the instance.', 'Run it where the daemon runs, without --url.');
  const filter: LogFilter = { ...options, since: parseSince(options.since, host.clock.now()) };
  const current = join(instance.logFolder, CURRENT);
  const size = await measureWholeLines(current);
  const show = shower(context, filter);
  const newest = await collectNewest(instance.logFolder, size, filter, options.lines);
  for (const line of newest) show(line);
  if (newest.length === 0 && options.follow !== true) output.note(`No log lines to show in ${instance.logFolder}`);
  return options.follow === true ? follow(context, current, size, show) : EXIT.ok;
}

function parseSince(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  const age = /^(\d+)(s|m|h|d)$/u.exec(text);
  if (age !== null) return now - Number(age[1]) * ({ s: 1, m: 60, h: 3600, d: 86_400 }[age[2] ?? 's'] ?? 1) * 1000;
  const time = Date.parse(text);
  if (Number.isNaN(time))
    throw usageError(`Not a time: ${text}`, 'Give an age such as 15m, 2h or 3d, or a time such as 2026-03-01T09:30:00Z.');
  return time;
}

type Show = (raw: string) => void;

/** Prints a line when it passes; what is none of ours, such as half a line after a crash, is shown to people when nothing is filtered. */
function shower({ output }: CommandContext, filter: LogFilter): Show {
  return (raw) => {
    const line = parseLogLine(raw);
    if (line === null) {
      if (!output.json && isUnfiltered(filter)) output.write(`${stripControls(raw)}\n`);
    } else if (matchesLog(line, filter)) output.write(`${output.json ? raw : renderLogLine(line, output.paint)}\n`);
  };
}

function isUnfiltered({ level, agent, component, since }: LogFilter): boolean {
  return level === undefined && agent === undefined && component === undefined && since === undefined;
}

/** The newest `count` lines that pass, oldest first; goes back over rotated files as far as it must. */
async function collectNewest(folder: string, currentSize: number, filter: LogFilter, count: number): Promise<string[]> {
  const found: string[] = [];
  for (const { path, size } of await listFiles(folder, currentSize)) {
    for await (const raw of readBackwards(path, size)) {
      if (found.length >= count) return found.reverse();
      const line = parseLogLine(raw);
      if (line !== null && filter.since !== undefined && line.time < filter.since) return found.reverse();
      if (line === null ? isUnfiltered(filter) : matchesLog(line, filter)) found.push(raw);
    }
  }
  return found.reverse();
}

/** Newest first. */
async function listFiles(folder: string, currentSize: number): Promise<{ readonly path: string; readonly size: number }[]> {
  const names = await readdir(folder).catch(() => []);
  const rotated = names
    .filter((name) => ROTATED.test(name))
    .sort()
    .reverse();
  const files = await Promise.all(
    rotated.map(async (name) => {
      const path = join(folder, name);
      return { path, size: (await stat(path)).size };
    }),
  );
  return currentSize > 0 ? [{ path: join(folder, CURRENT), size: currentSize }, ...files] : files;
}

async function follow({ host }: CommandContext, path: string, from: number, show: Show): Promise<number> {
  const interrupted = interruption(host);
  try {
    for await (const line of followFile({ path, from, clock: host.clock }, interrupted.signal)) if (line !== '') show(line);
    return EXIT.ok;
  } finally {
    interrupted.release();
  }
}
