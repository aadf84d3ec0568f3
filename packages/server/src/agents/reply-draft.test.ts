import { expect, test } from 'vitest';
import { type AgentId, type ConversationId, createIdGenerator, type TurnId, trusted } from '../core/ids.ts';
import type { LiveSignal } from '../core/live-signals.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { ReplyDraft } from './reply-draft.ts';

function createDraft() {
  const signals: LiveSignal[] = [];
  const source = { agentId: trusted<AgentId>('main'), conversationId: trusted<ConversationId>('c'), turnId: trusted<TurnId>('t') };
  const draft = new ReplyDraft(createIdGenerator(new ManualClock()), (signal) => void signals.push(signal), source);
  return { draft, signals };
}

test('[SSE-3] pieces are numbered under the id that the stored message gets', () => {
  const { draft, signals } = createDraft();
  draft.show('Hel');
  draft.show('lo.');
  expect(draft.isOpen).toBe(true);
  const effect = draft.take('Hello.');
  expect(effect).toMatchObject({ type: 'reply', text: 'Hello.', replaced: false });
  const messageId = effect.type === 'reply' ? effect.messageId : '';
  expect(signals.map((signal) => signal.data)).toEqual([
    { message_id: messageId, index: 0, delta: 'Hel' },
    { message_id: messageId, index: 1, delta: 'lo.' },
  ]);
  expect(draft.isOpen).toBe(false);
});

test('a stored text that is not what was seen says so', () => {
  const { draft } = createDraft();
  draft.show('Hel');
  expect(draft.take('Good day.')).toMatchObject({ replaced: true });
  expect(draft.take('Good day.')).toMatchObject({ replaced: false });
});

test('the next text begins a new message', () => {
  const { draft, signals } = createDraft();
  draft.show('a');
  draft.take('a');
  draft.show('b');
  const ids = signals.map((signal) => signal.data.message_id);
  expect(new Set(ids).size).toBe(2);
  expect(signals[1]?.data.index).toBe(0);
});
