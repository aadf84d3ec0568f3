/** Errors of the command line itself and those that the daemon answered with. */

import { ERROR_STATUS, type ErrorCode } from '@spacebot/protocol/errors';
import { AppError, type ErrorOptions } from '../core/errors.ts';

interface CliErrorOptions extends ErrorOptions {
  readonly hint?: string;
  readonly exitCode?: number;
}

/** A failure with a sentence for the person at the keyboard; `hint` says what to do next. */
export class CliError extends AppError {
  readonly hint: string | undefined;
  /** Where the status follows from more than the code. */
  readonly exitCode: number | undefined;

  constructor(code: ErrorCode, message: string, options: CliErrorOptions = {}) {
    super(code, message, options);
    this.hint = options.hint;
    this.exitCode = options.exitCode;
  }
}

export function usageError(message: string, hint?: string): CliError {
  return new CliError('usage', message, hint === undefined ? {} : { hint });
}

/** The daemon does not answer; `where` is named when it is not the local one. */
export function notRunning(where?: string, cause?: unknown): CliError {
  if (where !== undefined) return new CliError('not_running', `No spacebot answers at ${where}.`, { cause });
  return new CliError('not_running', 'spacebot is not running', { cause, hint: 'Start it with: spacebot start' });
}

export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(ERROR_STATUS, value);
}
