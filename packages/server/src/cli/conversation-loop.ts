/** Talking in the terminal, line by line; slash commands go to the agent like everything else. */

import { createInterface, type Interface } from 'node:readline';
import { isAppError } from '../core/errors.ts';
import { AnswerPrinter } from './answer-printer.ts';
import { type ChatSession, runTurn } from './chat-turn.ts';
import type { CommandContext } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { type Interruption, interruption } from './interruption.ts';
import { reportError } from './report-error.ts';

/** Ends with the input (status of the last turn) or with Ctrl-C (130), which cancels the running turn first. */
export async function converse(context: CommandContext, session: ChatSession): Promise<number> {
  const { host, output } = context;
  const isTerminal = host.stdin.isTTY === true && host.stdout.isTTY === true;
  const interrupted = interruption(host);
  const reader = openReader(context, isTerminal, interrupted);
  if (isTerminal) output.note(output.paintError.faint(`Talking to ${session.agentId}. /help shows commands, Ctrl-D ends.`));
  let exitCode: number = EXIT.ok;
  try {
    if (isTerminal) reader.prompt();
    for await (const line of reader) {
      if (line.trim() !== '') exitCode = await answer(context, session, line, interrupted.signal);
      if (interrupted.signal.aborted) break;
      if (isTerminal) reader.prompt();
    }
  } finally {
    reader.close();
    interrupted.release();
  }
  return interrupted.signal.aborted ? EXIT.interrupted : exitCode;
}

function openReader({ host, output }: CommandContext, isTerminal: boolean, { trigger }: Interruption): Interface {
  const echo = isTerminal ? process.stdout : undefined;
  const reader = createInterface({ input: host.stdin, ...(echo === undefined ? {} : { output: echo }), terminal: isTerminal });
  reader.setPrompt(output.paint.accent('> '));
  // A terminal in line mode hands Ctrl-C to the reader instead of raising the signal.
  reader.on('SIGINT', () => {
    trigger();
    reader.close();
  });
  return reader;
}

async function answer(context: CommandContext, session: ChatSession, line: string, signal: AbortSignal): Promise<number> {
  const { host, output, flags } = context;
  const printer = new AnswerPrinter(output.write, host.stdout.isTTY === true);
  try {
    await runTurn(host.clock, session, line, printer, signal);
    printer.end();
    if (!printer.hasWritten) output.note(output.paintError.faint('(no reply)'));
    return EXIT.ok;
  } catch (error) {
    printer.end();
    if (!isAppError(error)) throw error;
    return reportError(error, host, { json: false, debug: flags.debug === true });
  }
}
