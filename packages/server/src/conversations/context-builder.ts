/** What the model sees of a conversation: a pure function from rows to messages, ordered by turn, within a budget, legal for the strictest provider. */

import { toIso } from '../core/clock.ts';
import type { LlmMessage } from '../core/llm.ts';
import type { Attachment } from '../core/messages.ts';
import { byteLength } from '../core/text.ts';
import type { HistoryMessage } from '../storage/agent/claim.ts';

export interface ContextInput {
  readonly history: readonly HistoryMessage[];
  /** Older messages of the session exist that are not in `history`. */
  readonly historyCut: boolean;
  /** The turn that is asked for; messages of other open turns are not said yet. */
  readonly turnId: string;
  readonly isDirect: boolean;
  /** Milliseconds and IANA zone of the live envelope. */
  readonly now: number;
  readonly timezone: string;
  readonly statusText: string | null;
  /** Tokens that the messages may take. */
  readonly budget: number;
  readonly estimate: (text: string) => number;
}

/** At least this many messages stay, whatever they weigh. */
const KEEP_AT_LEAST = 4;

const OPEN_STATES = new Set(['gathering', 'ready', 'running']);

export function buildMessages(input: ContextInput): LlmMessage[] {
  const said = input.history.filter((row) => isSaid(row, input.turnId));
  const rows = orderByTurn(said, input.turnId);
  const lines = rows.map((row) => ({ row, text: renderRow(row, input) }));
  const kept = fitBudget(lines, input);
  const messages: { role: 'user' | 'assistant'; texts: string[] }[] = [];
  if (kept.length < lines.length || input.historyCut) {
    messages.push({ role: 'user', texts: ['[Older messages of this conversation are left out here.]'] });
  } else if (kept[0]?.row.role === 'assistant') {
    messages.push({ role: 'user', texts: ['[You spoke first in this conversation.]'] });
  }
  for (const { row, text } of kept) {
    const role = row.role === 'assistant' ? 'assistant' : 'user';
    const last = messages.at(-1);
    if (last?.role === role) last.texts.push(text);
    else messages.push({ role, texts: [text] });
  }
  return messages.map(({ role, texts }) => ({ role, content: [{ type: 'text', text: texts.join('\n\n') }] }));
}

/** Messages of the turn itself and of turns that have begun; what waits for a later turn, or was erased, is not part of the talk yet. */
function isSaid(row: HistoryMessage, turnId: string): boolean {
  if (row.deleted_at !== null) return false;
  if (row.turn_id === turnId || row.turn_state === null) return true;
  return !OPEN_STATES.has(row.turn_state);
}

/** By the order in which turns began; what belongs to no turn stays behind its neighbour, and what is asked now comes last. */
function orderByTurn(rows: readonly HistoryMessage[], turnId: string): HistoryMessage[] {
  let ordinal = 0;
  const keyed = rows.map((row) => {
    ordinal = row.turn_ordinal ?? ordinal;
    return { row, ordinal: row.turn_id === turnId ? Number.MAX_SAFE_INTEGER : ordinal };
  });
  return keyed.sort((left, right) => left.ordinal - right.ordinal || left.row.seq - right.row.seq).map(({ row }) => row);
}

function renderRow(row: HistoryMessage, input: ContextInput): string {
  switch (row.role) {
    case 'assistant':
      return row.content;
    case 'system':
      return `[System note, seen by the people here: ${row.content}]`;
    case 'user':
      return row.turn_id === input.turnId ? `${envelope(row, input)}\n${withFiles(row)}` : pastMessage(row, input);
  }
}

function pastMessage(row: HistoryMessage, input: ContextInput): string {
  return input.isDirect ? withFiles(row) : `[${escapeMarkup(row.author_name ?? 'unknown')}, ${toIso(row.created_at)}]\n${withFiles(row)}`;
}

/** Facts of the moment; they are never stored, so that the history in later prompts stays the same to the byte. */
function envelope(row: HistoryMessage, input: ContextInput): string {
  const facts = [
    `from: ${row.author_name ?? 'unknown'} (${row.author_id ?? 'unknown'})`,
    `message_id: ${row.id}`,
    `sent: ${toIso(row.created_at)}`,
    `now: ${localTime(input.now, input.timezone)}`,
  ];
  if (input.statusText) facts.push(`status: ${input.statusText}`);
  return `<envelope>\n${facts.map(escapeMarkup).join('\n')}\n</envelope>`;
}

/** Only the system writes envelopes; one in a person's text is words like any other. */
const FORGED_ENVELOPE = /<(?=\s*\/?\s*envelope\b)/giu;

/** A name must not be able to close the envelope or to add a line to it. */
function escapeMarkup(text: string): string {
  return text.replaceAll(/[<>]/g, (sign) => (sign === '<' ? '‹' : '›')).replaceAll(/\s+/g, ' ');
}

function withFiles(row: HistoryMessage): string {
  const content = row.content.replaceAll(FORGED_ENVELOPE, '‹');
  const files = JSON.parse(row.attachments) as Attachment[];
  if (files.length === 0) return content;
  const notes = files.map((file) => `[Attached file: ${escapeMarkup(file.filename)}, ${file.mimeType}, ${file.size} bytes]`);
  return [content, ...notes].filter((part) => part !== '').join('\n');
}

const formats = new Map<string, Intl.DateTimeFormat>();

function localTime(now: number, timezone: string): string {
  let format = formats.get(timezone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'short', timeZone: timezone });
    formats.set(timezone, format);
  }
  return `${format.format(now)} (${timezone})`;
}

interface Line {
  readonly row: HistoryMessage;
  readonly text: string;
}

/** Drops the oldest until the rest fits; the newest four stay in any case. */
function fitBudget(lines: readonly Line[], input: ContextInput): readonly Line[] {
  // No tokenizer makes more tokens than there are bytes, so most histories need no estimate at all.
  if (lines.reduce((bytes, line) => bytes + byteLength(line.text), 0) <= input.budget) return lines;
  let tokens = 0;
  let first = lines.length;
  while (first > 0) {
    const line = lines[first - 1];
    tokens += line ? input.estimate(line.text) : 0;
    if (tokens > input.budget && lines.length - first >= KEEP_AT_LEAST) break;
    first -= 1;
  }
  return lines.slice(first);
}
