/** An agent's spine over a real file, with time, ids and the boot's name in the hands of a test; imported by tests alone. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createIdGenerator, type RunId, trusted } from '../../core/ids.ts';
import type { AssistantPart, LlmResponse } from '../../core/llm.ts';
import { ManualClock } from '../../testing/manual-clock.ts';
import { SqliteDatabase, type SqlValue } from '../sqlite-database.ts';
import type { AcceptInput } from './accept.ts';
import { AgentSpine } from './agent-spine.ts';
import type { ClaimedTurn } from './claim.ts';
import type { ModelCallDraft } from './model-calls.ts';
import type { AnswerInput, PlannedCall } from './turn-calls.ts';
import type { Doorbell } from './unit.ts';

export const CHAT = { id: 'webhook:c', adapterKey: 'webhook', displayName: null, place: { isDirect: true } } as const;

export const MODEL_CALL: ModelCallDraft = {
  provider: 'demo',
  model: 'demo-1',
  process: 'channel',
  conversationId: CHAT.id,
  sessionNo: 1,
  sender: 'u1',
};

export const REPLY_CALL: PlannedCall = {
  providerCallId: 'p1',
  tool: 'reply',
  args: { content: 'Hello.' },
  effect: 'internal',
  repeat: 'keyed',
};

export function respond(...content: AssistantPart[]): LlmResponse {
  const usage = { inputTokens: 10, outputTokens: 5, cacheReadTokens: 2, cacheWriteTokens: 1, reasoningTokens: 3 };
  return { content, finishReason: 'stop', usage, model: 'demo-1', requestId: 'request-1' };
}

export function answerOf(turnId: string, step: number, calls: readonly PlannedCall[] = []): AnswerInput {
  return { turnId, step, response: respond({ type: 'text', text: 'thinking' }), calls, cost: { microUsd: 7, status: 'priced' } };
}

export class SpineWorld {
  readonly clock = new ManualClock();
  readonly rung: string[] = [];
  spine: AgentSpine;
  readonly #directory = mkdtempSync(join(tmpdir(), 'spacebot-spine-'));
  readonly #newId = createIdGenerator(this.clock);
  #boots = 1;
  #messages = 0;
  #reader: SqliteDatabase | null = null;

  constructor() {
    this.spine = this.#open();
  }

  /** Name of the boot that works on the file now. */
  get runId(): RunId {
    return trusted<RunId>(`run-${this.#boots}`);
  }

  /** The next boot finds what a dead owner left: nothing was closed in order, the file is as the last commit left it. */
  reboot(): AgentSpine {
    this.#reader?.close();
    this.#reader = null;
    this.spine.close();
    this.#boots += 1;
    this.spine = this.#open();
    return this.spine;
  }

  recover(crashed = true) {
    return this.spine.recover({ crashed, interruptedNotice: (turnId) => `Interrupted ${turnId}` });
  }

  close(): void {
    this.#reader?.close();
    this.spine.close();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  /** A message as the gateway would hand it over; every one has its own key unless the test names one. */
  message(over: Partial<AcceptInput> = {}): AcceptInput {
    this.#messages += 1;
    return {
      conversation: CHAT,
      text: `message ${this.#messages}`,
      author: { id: 'u1', name: 'Ana' },
      attachments: [],
      platformMessageId: null,
      replyToId: null,
      origin: 'member',
      metadata: {},
      dedupeKey: `key-${this.#messages}`,
      bodyHash: 'hash',
      authority: 'member',
      route: [],
      answerBy: null,
      start: 'turn',
      gather: null,
      ...over,
    };
  }

  say(over: Partial<AcceptInput> = {}) {
    return this.spine.accept(this.message(over));
  }

  async claim(conversationId: string = CHAT.id): Promise<ClaimedTurn> {
    const claimed = await this.tryClaim(conversationId);
    if (!claimed) throw new Error('nothing is due');
    return claimed;
  }

  tryClaim(conversationId: string = CHAT.id): Promise<ClaimedTurn | null> {
    return this.spine.claim({ conversationId, configHash: 'config', model: 'demo/demo-1', call: MODEL_CALL });
  }

  /** A message that is answered to the end; returns the turn's id. */
  async talk(text: string, answer = 'Hello.'): Promise<string> {
    const { turnId } = await this.say({ text });
    await this.claim();
    await this.spine.endTurn({ turnId, ending: 'replied', error: null, effects: [this.reply(answer)] });
    return turnId;
  }

  reply(text = 'Hello.') {
    return { type: 'reply', messageId: this.#newId(), text, replaced: false } as const;
  }

  /** Rows as another program would see them. */
  rows<Row = Record<string, unknown>>(sql: string, ...values: SqlValue[]): Row[] {
    this.#reader ??= new SqliteDatabase(this.spine.path);
    return this.#reader.all<Row>(sql, ...values).map((row) => ({ ...row }));
  }

  /** How many rows each of the tables holds that a turn writes to. */
  counts(): Record<string, number> {
    const tables = ['messages', 'mailbox', 'turns', 'steps', 'tool_calls', 'outbox', 'model_calls', 'events'];
    return Object.fromEntries(tables.map((table) => [table, this.rows<{ n: number }>(`SELECT count(*) AS n FROM ${table}`)[0]?.n ?? 0]));
  }

  #open(): AgentSpine {
    const doorbell: Doorbell = {
      events: () => {},
      turnReady: (conversationId, dueAt) => void this.rung.push(`turn ${conversationId} ${dueAt - this.clock.now()}`),
      outbox: (adapterKey, conversationId) => void this.rung.push(`outbox ${adapterKey} ${conversationId}`),
      turnEnded: (turnId) => void this.rung.push(`ended ${turnId}`),
    };
    const context = { clock: this.clock, newId: this.#newId, runId: this.runId, doorbell };
    return new AgentSpine(join(this.#directory, 'agent', 'spacebot.db'), context, () => {});
  }
}
