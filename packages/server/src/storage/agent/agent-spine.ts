/** The spine of one agent: every verb is one transaction with its events inside, and every reader sees only what is committed. */

import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { StorageError } from '../../core/errors.ts';
import type { AttemptOutcome } from '../../core/llm.ts';
import type { Attachment } from '../../core/messages.ts';
import { packageRoot } from '../../core/package-root.ts';
import { migrate } from '../migrations.ts';
import { SqliteDatabase, type Urgency } from '../sqlite-database.ts';
import { type Accepted, type AcceptInput, accept } from './accept.ts';
import * as claims from './claim.ts';
import * as control from './control.ts';
import { type SendResult, send, sent } from './deliveries.ts';
import type { ConversationDraft } from './messages.ts';
import { ensureConversation, insertAttachment } from './messages.ts';
import type { ModelCallDraft } from './model-calls.ts';
import type { ConversationRow, OutboxRow } from './records.ts';
import { type Recovered, type RecoverInput, recover, release } from './recover.ts';
import { SpineReads } from './spine-reads.ts';
import { sweep } from './sweep.ts';
import * as calls from './turn-calls.ts';
import * as endings from './turn-end.ts';
import type { SpineContext, Unit } from './unit.ts';

export class AgentSpine extends SpineReads {
  readonly path: string;
  /** Names this agent's data over renames and moves. */
  readonly uid: string;
  /** Changes when the file is restored or imported, so that old event numbers are not taken for new ones. */
  readonly logEpoch: string;
  readonly #database: SqliteDatabase;
  readonly #context: SpineContext;

  constructor(path: string, context: SpineContext, onFailure: (error: StorageError) => void) {
    const database = openDatabase(path, context, onFailure);
    super(database);
    this.path = path;
    this.#context = context;
    this.#database = database;
    this.uid = this.#ensureMeta('agent_uid');
    this.logEpoch = this.#ensureMeta('log_epoch');
  }

  get failure(): SqliteDatabase['failure'] {
    return this.#database.failure;
  }

  probe(): boolean {
    return this.#database.probe();
  }

  close(): void {
    this.#database.close();
  }

  recover(input: RecoverInput): Recovered {
    return this.#database.writeNow((tx) => recover(this.#unit(tx), input));
  }

  release(alive: readonly string[]): Promise<number> {
    return this.#write((unit) => release(unit, alive));
  }

  accept(input: AcceptInput): Promise<Accepted> {
    return this.#write((unit) => accept(unit, input));
  }

  runCommand(input: AcceptInput, effect: control.CommandEffect): Promise<Accepted> {
    return this.#write((unit) => control.runCommand(unit, input, effect));
  }

  claim(input: claims.ClaimInput): Promise<claims.ClaimedTurn | null> {
    // Lost in a power failure, the turn is ready as before and is claimed again; nothing leaves before the answer is synced.
    return this.#write((unit) => claims.claim(unit, input), 'relaxed');
  }

  reserve(turnId: string, step: number, call: ModelCallDraft): Promise<number> {
    return this.#write((unit) => claims.reserve(unit, turnId, step, call), 'relaxed');
  }

  retryCall(turnId: string, step: number, outcome: AttemptOutcome, next: ModelCallDraft): Promise<number> {
    return this.#write((unit) => claims.retryCall(unit, turnId, step, outcome, next), 'relaxed');
  }

  answer(input: calls.AnswerInput): Promise<string[]> {
    return this.#write((unit) => calls.answer(unit, input));
  }

  answerAndEnd(...[input, call, end]: DropUnit<typeof endings.answerAndEnd>): Promise<boolean> {
    return this.#write((unit) => endings.answerAndEnd(unit, input, call, end));
  }

  startCall(turnId: string, key: string): Promise<void> {
    return this.#write((unit) => calls.startCall(unit, turnId, key));
  }

  endCall(input: calls.EndCallInput): Promise<void> {
    return this.#write((unit) => calls.endCall(unit, input));
  }

  endStep(turnId: string, step: number): Promise<void> {
    return this.#write((unit) => calls.endStep(unit, turnId, step));
  }

  endTurn(input: endings.EndTurnInput): Promise<boolean> {
    return this.#write((unit) => endings.endTurn(unit, input));
  }

  send(id: string): Promise<OutboxRow | undefined> {
    return this.#write((unit) => send(unit, id));
  }

  /** `relaxed` only where a repeat under the same key harms nobody. */
  sent(id: string, result: SendResult, urgency: Urgency = 'durable'): Promise<OutboxRow | undefined> {
    return this.#write((unit) => sent(unit, id, result), urgency);
  }

  cancelTurns(conversationId: string, scope: 'turn' | 'all', reason: string): Promise<string[]> {
    return this.#write((unit) => control.cancelTurns(unit, conversationId, scope, reason));
  }

  startSession(conversationId: string): Promise<ConversationRow> {
    return this.#write((unit) => control.startSession(unit, conversationId));
  }

  ensureConversation(draft: ConversationDraft): Promise<ConversationRow> {
    return this.#write((unit) => ensureConversation(unit, draft));
  }

  patchConversation(id: string, patch: control.ConversationPatch, expected?: number): Promise<ConversationRow> {
    return this.#write((unit) => control.patchConversation(unit, id, patch, expected));
  }

  eraseConversation(id: string): Promise<void> {
    return this.#write((unit) => control.eraseConversation(unit, id));
  }

  eraseMessage(conversationId: string, messageId: string): Promise<void> {
    return this.#write((unit) => control.eraseMessage(unit, conversationId, messageId));
  }

  operatorSend(conversation: ConversationDraft, message: control.OperatorMessage): Promise<string> {
    return this.#write((unit) => control.operatorSend(unit, conversation, message));
  }

  addAttachment(conversation: ConversationDraft, file: Attachment): Promise<void> {
    return this.#write((unit) => {
      ensureConversation(unit, conversation);
      insertAttachment(unit, conversation.id, file);
    });
  }

  /** Removes what is final and old, a bounded part; zero = nothing is left to remove. */
  sweep(): Promise<number> {
    return this.#write((unit) => sweep(unit));
  }

  setMeta(key: string, value: string | null): Promise<void> {
    return this.#write((unit) => {
      if (value === null) unit.tx.run('DELETE FROM meta WHERE key = ?', key);
      else unit.tx.run('INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value', key, value);
    });
  }

  /** Forgets events that every reader has passed. */
  trimEvents(upTo: number): Promise<number> {
    return this.#write((unit) =>
      unit.tx.run('DELETE FROM events WHERE seq IN (SELECT seq FROM events WHERE seq <= ? ORDER BY seq LIMIT 500)', upTo),
    );
  }

  #write<Result>(run: (unit: Unit) => Result, urgency: Urgency = 'durable'): Promise<Result> {
    return this.#database.write((tx) => run(this.#unit(tx)), urgency);
  }

  #unit(tx: Unit['tx']): Unit {
    const { clock, newId, runId, doorbell } = this.#context;
    return { tx, clock, newId, runId, doorbell, now: clock.now() };
  }

  #ensureMeta(key: string): string {
    return this.#database.writeNow((tx) => {
      const known = tx.get<{ value: string }>('SELECT value FROM meta WHERE key = ?', key);
      if (known) return known.value;
      const value = this.#context.newId();
      tx.run('INSERT INTO meta (key, value) VALUES (?, ?)', key, value);
      return value;
    });
  }
}

function openDatabase(path: string, context: SpineContext, onFailure: (error: StorageError) => void): SqliteDatabase {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const database = new SqliteDatabase(path, { onFailure });
  migrate(database, join(packageRoot(), 'migrations', 'agent'), context.clock);
  return database;
}

type DropUnit<Verb> = Verb extends (unit: Unit, ...rest: infer Rest) => unknown ? Rest : never;
