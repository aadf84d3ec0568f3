/** One line of the log: read, selected and shown. */

import { isTable } from '../config/paths.ts';
import type { LogLevel } from '../core/logger.ts';
import { stripControls } from './format.ts';
import type { Paint } from './paint.ts';

export interface LogLine {
  /** As it stands in the file. */
  readonly raw: string;
  /** Milliseconds; `NaN` when the line has none. */
  readonly time: number;
  readonly level: string;
  readonly component: string;
  readonly message: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** `null` for what is not one of our lines. */
export function parseLogLine(raw: string): LogLine | null {
  let values: unknown;
  try {
    values = JSON.parse(raw);
  } catch {
    return null;
  }
  if (!isTable(values)) return null;
  const { ts, level, component, msg } = values;
  return {
    raw,
    time: Date.parse(String(ts)),
    level: String(level),
    component: String(component ?? ''),
    message: String(msg ?? ''),
    values,
  };
}

const LEVELS: readonly LogLevel[] = ['error', 'warn', 'info', 'debug', 'trace'];

export interface LogFilter {
  readonly level?: LogLevel | undefined;
  readonly agent?: string | undefined;
  readonly component?: string | undefined;
  /** Milliseconds. */
  readonly since?: number | undefined;
}

export function matchesLog(line: LogLine, { level, agent, component, since }: LogFilter): boolean {
  if (level !== undefined && !LEVELS.slice(0, LEVELS.indexOf(level) + 1).some((known) => known === line.level)) return false;
  if (agent !== undefined && line.values.agent_id !== agent) return false;
  if (component !== undefined && line.component !== component && !line.component.startsWith(`${component}.`)) return false;
  return since === undefined || line.time >= since;
}

/** For people: local time, level, component, what happened, and the facts in `name=value` form. */
export function renderLogLine(line: LogLine, paint: Paint): string {
  const { error, fields } = line.values;
  const facts = [
    ...CONTEXT_KEYS.flatMap((key) => (line.values[key] === undefined ? [] : [`${key.replace(/_id$/u, '')}=${line.values[key]}`])),
    ...(isTable(fields)
      ? Object.entries(fields).map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
      : []),
  ];
  const failure = isTable(error) ? [paint.bad(stripControls(`${error.code ?? 'error'}: ${error.message ?? ''}`))] : [];
  const parts = [
    paint.faint(localTime(line.time)),
    paintLevel(line.level, paint),
    paint.accent(stripControls(line.component)),
    stripControls(line.message),
    ...failure,
    paint.faint(stripControls(facts.join(' '))),
  ];
  return parts.filter((part) => part !== '').join('  ');
}

const CONTEXT_KEYS = ['agent_id', 'conversation_id', 'process_type', 'process_id', 'turn_id', 'request_id'];

function paintLevel(level: string, paint: Paint): string {
  const text = level.toUpperCase().padEnd(5);
  if (level === 'error') return paint.bad(text);
  if (level === 'warn') return paint.warning(text);
  return level === 'info' ? paint.good(text) : paint.faint(text);
}

function localTime(time: number): string {
  if (Number.isNaN(time)) return '';
  const local = new Date(time - new Date(time).getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19).replace('T', ' ');
}
