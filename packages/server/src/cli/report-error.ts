/** How a failed command says so: a sentence for people, one line of JSON for programs, and the exit status of the code. */

import type { ErrorCode } from '@spacebot/protocol/errors';
import { type AppError, CancelledError, isAppError } from '../core/errors.ts';
import { CliError } from './cli-error.ts';
import { EXIT, exitCodeFor } from './exit-codes.ts';
import type { CliHost } from './host.ts';
import { issueLines } from './issue-lines.ts';
import { errorField } from './node-errors.ts';
import { createOutput } from './output.ts';

export interface ErrorFlags {
  readonly json: boolean;
  readonly debug?: boolean;
}

export function reportError(error: unknown, host: CliHost, flags: ErrorFlags): number {
  const output = createOutput(host, { json: flags.json, quiet: false });
  const facts = describeError(error);
  if (flags.json) {
    const { code, message, details } = facts;
    output.warn(JSON.stringify({ error: { code, message, ...(Object.keys(details).length === 0 ? {} : { details }) } }));
  } else {
    const issues = facts.code === 'config_invalid' ? issueLines(facts.details.issues) : [];
    for (const line of issues) output.warn(line);
    if (issues.length === 0) output.warn(`${output.paintError.bad('error:')} ${facts.message}`);
    if (facts.hint !== undefined) output.warn(output.paintError.faint(facts.hint));
  }
  if (flags.debug === true && error instanceof Error) output.warn(error.stack ?? error.message);
  if (error instanceof CancelledError) return EXIT.interrupted;
  return (error instanceof CliError ? error.exitCode : undefined) ?? exitCodeFor(facts.code);
}

interface ErrorFacts {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: AppError['details'];
  readonly hint?: string | undefined;
}

/** The stable code and the sentence of anything that was thrown. */
export function describeError(error: unknown): ErrorFacts {
  if (isAppError(error)) {
    return {
      code: error.code,
      message: error.publicMessage,
      details: error.details,
      hint: error instanceof CliError ? error.hint : undefined,
    };
  }
  const message = errorField(error, 'message') ?? String(error);
  return { code: 'internal', message: `Something went wrong: ${message}`, details: {}, hint: 'Run it again with --debug to see where.' };
}
