/** `spacebot chat`: one message and its answer, or a conversation in the terminal. */

import { text } from 'node:stream/consumers';
import { AnswerPrinter } from '../answer-printer.ts';
import { type ChatSession, runTurn, type TurnResult } from '../chat-turn.ts';
import { usageError } from '../cli-error.ts';
import type { CommandContext } from '../context.ts';
import { chooseAgent } from '../default-agent.ts';
import { EXIT } from '../exit-codes.ts';
import { interruption } from '../interruption.ts';

export interface ChatFlags {
  readonly agent?: string;
  readonly message?: string;
  readonly session: string;
  readonly stream: boolean;
  /** Seconds. */
  readonly timeout: number;
}

export async function chat(context: CommandContext, flags: ChatFlags): Promise<number> {
  const { output } = context;
  if (flags.message === undefined && output.json)
    throw usageError('--json needs a message.', 'Give it with -m, or -m - to read it from stdin.');
  const message = flags.message === undefined ? undefined : await readMessage(context, flags.message);
  const client = await context.connect();
  const session: ChatSession = {
    client,
    agentId: await chooseAgent(client, flags.agent),
    sessionId: flags.session,
    timeoutSecs: flags.timeout,
  };
  if (message === undefined) {
    const { converse } = await import('../conversation-loop.ts');
    return converse(context, session);
  }
  return askOnce(context, session, message, flags.stream && !output.json);
}

async function readMessage({ host }: CommandContext, given: string): Promise<string> {
  const content = given === '-' ? (await text(host.stdin)).replace(/\r?\n$/u, '') : given;
  if (content.trim() === '') throw usageError('The message is empty.');
  return content;
}

async function askOnce(context: CommandContext, session: ChatSession, message: string, stream: boolean): Promise<number> {
  const { output, host } = context;
  const printer = new AnswerPrinter(output.write, host.stdout.isTTY === true);
  const interrupted = interruption(host);
  try {
    const result = await runTurn(host.clock, session, message, stream ? printer : undefined, interrupted.signal);
    if (output.json) output.result(toDocument(result), () => '');
    else if (!stream) for (const answer of result.messages) printer.message(answer);
    if (!output.json && !printer.hasWritten) output.note(output.paintError.faint('(no reply)'));
  } finally {
    printer.end();
    interrupted.release();
  }
  return EXIT.ok;
}

function toDocument({ conversationId, turnId, state, messages, usage }: TurnResult) {
  return { conversation_id: conversationId, turn_id: turnId, status: state, messages, usage };
}
