/** One portal message and the turn that answers it, read from the stream of its events. */

import type { SpacebotEvent } from '@spacebot/protocol/events';
import type { Message, Usage } from '@spacebot/protocol/messages';
import type { Clock } from '../core/clock.ts';
import { CancelledError } from '../core/errors.ts';
import type { AnswerPrinter } from './answer-printer.ts';
import { CliError, isErrorCode } from './cli-error.ts';
import type { DaemonClient } from './context.ts';
import { EXIT, exitCodeFor } from './exit-codes.ts';

export interface ChatSession {
  readonly client: DaemonClient;
  readonly agentId: string;
  readonly sessionId: string;
  readonly timeoutSecs: number;
}

export interface TurnResult {
  readonly conversationId: string;
  readonly turnId: string;
  readonly state: 'completed';
  readonly messages: readonly Message[];
  readonly usage: Usage;
}

/** How long a cancel may take before Ctrl-C wins anyway. */
const CANCEL_TIMEOUT_MS = 3_000;

/**
 * Resolves when the turn has ended well; `printer` sees the answers as they come. Throws the error of a failed turn (exit 1, 9 for policy and
 * budget), `timeout` while the turn goes on, and `CancelledError` when `signal` aborted, after the turn was cancelled.
 */
export async function runTurn(
  clock: Clock,
  session: ChatSession,
  content: string,
  printer: AnswerPrinter | undefined,
  signal: AbortSignal,
): Promise<TurnResult> {
  const limit = new AbortController();
  const stopTimer = clock.schedule(session.timeoutSecs * 1000, () => limit.abort(timeoutError(session)));
  const either = AbortSignal.any([signal, limit.signal]);
  try {
    return await readTurn(session, content, printer, either);
  } catch (error) {
    if (!either.aborted) throw error;
    if (signal.aborted) await cancelTurn(session);
    throw either.reason;
  } finally {
    stopTimer();
  }
}

function timeoutError({ timeoutSecs, agentId, sessionId }: ChatSession): CliError {
  return new CliError('timeout', `No complete answer within ${timeoutSecs} s; the turn goes on.`, {
    hint: `Read it later with: spacebot channels messages portal:chat:${agentId}:${sessionId}`,
  });
}

async function readTurn(
  session: ChatSession,
  content: string,
  printer: AnswerPrinter | undefined,
  signal: AbortSignal,
): Promise<TurnResult> {
  const { client, agentId, sessionId } = session;
  const params = { agent_id: agentId, session_id: sessionId };
  const messages: Message[] = [];
  const events = client.stream('POST /agents/{agent_id}/portal/{session_id}/messages', { params, body: { content }, signal });
  for await (const event of events) {
    if (event.type === 'outbound_message_delta') printer?.delta(event.data.message_id, event.data.delta);
    if (event.type === 'outbound_message') {
      messages.push(event.data.message);
      printer?.message(event.data.message);
    }
    const result = endOf(event, messages);
    if (result !== undefined) return result;
  }
  throw new CliError('unavailable', 'The connection to spacebot was lost before the turn ended.');
}

/** The result when the event is the last one of the turn; throws when the turn did not end well. */
function endOf(event: SpacebotEvent, messages: readonly Message[]): TurnResult | undefined {
  if (event.type === 'turn_failed') throw turnError(event.data.error.code, event.data.error.message, event.data.turn_id);
  if (event.type !== 'turn_completed') return undefined;
  const { turn_id: turnId, state, usage } = event.data;
  if (state === 'cancelled') throw turnError('turn_cancelled', 'The turn was cancelled.', turnId);
  return { conversationId: event.conversation_id ?? '', turnId, state, messages, usage };
}

function turnError(code: string, message: string, turnId: string): CliError {
  const known = isErrorCode(code) ? code : 'internal';
  const exitCode = exitCodeFor(known) === EXIT.refused ? EXIT.refused : EXIT.failure;
  return new CliError(known, message, { details: { turn_id: turnId }, exitCode });
}

async function cancelTurn({ client, agentId, sessionId }: ChatSession): Promise<void> {
  const params = { agent_id: agentId, session_id: sessionId };
  const signal = AbortSignal.timeout(CANCEL_TIMEOUT_MS);
  try {
    await client.call('POST /agents/{agent_id}/portal/{session_id}/cancel', { params, signal });
  } catch (error) {
    throw new CancelledError('Interrupted; the turn could not be cancelled and may go on.', { cause: error });
  }
}
