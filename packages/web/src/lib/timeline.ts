/** One conversation as rows in the order things happened: days, messages, what the agent did, and what failed; pure. */

import type { Message } from '@spacebot/protocol/messages';
import type { ToolFact, TurnFacts, Turns } from './events/turn-facts.ts';

export type TimelineRow =
  | { readonly kind: 'day'; readonly key: string; readonly at: string }
  | { readonly kind: 'message'; readonly key: string; readonly message: Message; readonly startsGroup: boolean }
  | { readonly kind: 'tool'; readonly key: string; readonly tool: ToolFact; readonly turnId: string }
  | { readonly kind: 'stopped'; readonly key: string }
  | { readonly kind: 'failed'; readonly key: string; readonly failure: Failure };

/** A turn that ended without an answer. */
export interface Failure {
  readonly turnId: string;
  /** What happened, in a sentence. */
  readonly detail: string;
  /** The messages that started it, as far as its events are still known. */
  readonly messageIds: readonly string[];
}

/** Messages of one author closer than this stand under one name. */
const GROUP_MS = 5 * 60_000;
/** The answer itself arrives as a message; a row for the tool that sent it would say it twice. */
const SPEAKING_TOOLS: ReadonlySet<string> = new Set(['reply']);

interface Timed {
  readonly at: string;
  readonly row: TimelineRow;
}

/** `messages` ascend by `seq`; facts of turns that began before the first loaded message are left out until it is loaded. */
export function buildTimeline(messages: readonly Message[], turns: Turns, isComplete: boolean): readonly TimelineRow[] {
  const earliest = isComplete ? '' : (messages[0]?.created_at ?? '');
  const notices = new Set(messages.filter((message) => message.role === 'system').map((message) => message.turn_id));
  const processes = [...turns.values()]
    .filter((turn) => turn.startedAt >= earliest)
    .flatMap((turn) => rowsOfTurn(turn, notices.has(turn.id)));
  processes.sort((a, b) => a.at.localeCompare(b.at));
  const spoken = messages.map((message) => ({ at: message.created_at, row: rowOfMessage(message, turns) }));
  return withDays(mergeByTime(spoken, processes));
}

function rowsOfTurn(turn: TurnFacts, isTold: boolean): readonly Timed[] {
  const rows: Timed[] = turn.tools
    .filter((tool) => !SPEAKING_TOOLS.has(tool.name) || tool.result?.isError === true)
    .map((tool) => ({ at: tool.startedAt, row: { kind: 'tool', key: `tool-${tool.callId}`, tool, turnId: turn.id } }));
  if (turn.end?.state === 'cancelled') rows.push({ at: turn.end.at, row: { kind: 'stopped', key: `stopped-${turn.id}` } });
  if (turn.end?.state === 'failed' && !isTold) {
    const failure = { turnId: turn.id, detail: turn.end.error?.message ?? 'The turn failed.', messageIds: turn.messageIds };
    rows.push({ at: turn.end.at, row: { kind: 'failed', key: `failed-${turn.id}`, failure } });
  }
  return rows;
}

/** A notice in the history carries the code of what went wrong; the events, while they are kept, say it in more words. */
function rowOfMessage(message: Message, turns: Turns): TimelineRow {
  if (message.role !== 'system' || message.turn_id === null || typeof message.metadata.code !== 'string') {
    return { kind: 'message', key: message.id, message, startsGroup: true };
  }
  const turn = turns.get(message.turn_id);
  const detail = turn?.end?.error?.message ?? message.content;
  return { kind: 'failed', key: message.id, failure: { turnId: message.turn_id, detail, messageIds: turn?.messageIds ?? [] } };
}

/** Messages keep the order of `seq` whatever their clocks say; process rows slip in before the first message that is later. */
function mergeByTime(messages: readonly Timed[], processes: readonly Timed[]): readonly Timed[] {
  const merged: Timed[] = [];
  let next = 0;
  for (const message of messages) {
    for (let row = processes[next]; row !== undefined && row.at < message.at; row = processes[next]) {
      merged.push(row);
      next += 1;
    }
    merged.push(message);
  }
  return [...merged, ...processes.slice(next)];
}

function withDays(rows: readonly Timed[]): readonly TimelineRow[] {
  const out: TimelineRow[] = [];
  let day = '';
  let before: TimelineRow | undefined;
  for (const { at, row } of rows) {
    const today = new Date(at).toDateString();
    if (today !== day) {
      day = today;
      before = undefined;
      out.push({ kind: 'day', key: `day-${today}`, at });
    }
    out.push(row.kind === 'message' ? { ...row, startsGroup: !continues(before, row.message) } : row);
    before = row;
  }
  return out;
}

function continues(before: TimelineRow | undefined, message: Message): boolean {
  if (before?.kind !== 'message') return false;
  const { message: last } = before;
  const sameVoice = last.role === message.role && last.author?.id === message.author?.id;
  return sameVoice && Date.parse(message.created_at) - Date.parse(last.created_at) < GROUP_MS;
}

/** What a person has to say again to try a failed turn once more, or `null` when it is no longer loaded. */
export function retryContentOf({ turnId, messageIds }: Failure, messages: readonly Message[]): string | null {
  const asked = messages.filter((message) => message.role === 'user' && (messageIds.includes(message.id) || message.turn_id === turnId));
  return asked.length === 0 ? null : asked.map((message) => message.content).join('\n\n');
}

/** The part of a turn id that people quote. */
export function referenceOf(turnId: string): string {
  return turnId.slice(-8);
}

/** The turn a message belongs to: the one that wrote it, or the one it started. */
export function turnOf(message: Message, turns: Turns): TurnFacts | undefined {
  if (message.turn_id !== null) return turns.get(message.turn_id);
  return [...turns.values()].find((turn) => turn.messageIds.includes(message.id));
}
