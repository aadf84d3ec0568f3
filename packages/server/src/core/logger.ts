/** The port through which everything writes its log; `app` gives it a sink. */

export type LogLevel = 'error' | 'warn' | 'info' | 'debug' | 'trace';

/** Known keys become fields of the line itself (contract 8.1); put everything else under `fields`. */
export interface LogContext {
  readonly agent_id?: string;
  readonly conversation_id?: string;
  readonly process_type?: string;
  readonly process_id?: string;
  readonly turn_id?: string;
  readonly request_id?: string;
  readonly error?: unknown;
  readonly fields?: Record<string, unknown>;
}

export type WriteLog = (message: string, context?: LogContext) => void;

export interface Logger {
  readonly error: WriteLog;
  readonly warn: WriteLog;
  readonly info: WriteLog;
  readonly debug: WriteLog;
  readonly trace: WriteLog;
  /** A logger that names its part of the system, for example `messaging.webhook`. */
  component(name: string): Logger;
}

const nothing: WriteLog = () => {};

export const silentLogger: Logger = {
  error: nothing,
  warn: nothing,
  info: nothing,
  debug: nothing,
  trace: nothing,
  component: () => silentLogger,
};
