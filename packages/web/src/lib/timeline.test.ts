import { expect, test } from 'vitest';
import { at, sampleEvent, sampleMessage, sampleTurn, usage } from '../testing/samples.ts';
import { applyToTurns, type Turns } from './events/turn-facts.ts';
import { buildTimeline, retryContentOf, turnOf } from './timeline.ts';

const NONE: Turns = new Map();
const turns = sampleTurn().reduce(applyToTurns, NONE);
const question = sampleMessage(1);
const answer = sampleMessage(2, { role: 'assistant', author: null, turn_id: 't1' });
const failed = applyToTurns(
  applyToTurns(NONE, sampleEvent('turn_started', { turn_id: 't1', message_ids: ['m1'], model: 'demo/echo' }, { at: at(11) })),
  sampleEvent(
    'turn_failed',
    { turn_id: 't1', error: { code: 'provider_timeout', message: 'Too slow.' }, retryable: true, usage },
    { at: at(15) },
  ),
);
const kinds = (rows: ReturnType<typeof buildTimeline>) => rows.map((row) => row.kind);

test('what the agent did stands between the question and the answer', () => {
  expect(kinds(buildTimeline([question, answer], turns, true))).toEqual(['day', 'message', 'tool', 'message']);
});

test('the tool that speaks is not shown beside what it said', () => {
  const replies = [...turns.values()].map((turn) => ({ ...turn, tools: turn.tools.map((tool) => ({ ...tool, name: 'reply' })) }));
  const rows = buildTimeline([question, answer], new Map(replies.map((turn) => [turn.id, turn])), true);
  expect(kinds(rows)).toEqual(['day', 'message', 'message']);
});

test('messages of one voice within five minutes stand under one name', () => {
  const rows = buildTimeline(
    [question, sampleMessage(2), sampleMessage(100), sampleMessage(101, { author: { id: 'x', name: 'X' } })],
    NONE,
    true,
  );
  expect(rows.map((row) => (row.kind === 'message' ? row.startsGroup : row.kind))).toEqual(['day', true, false, true, true]);
});

test('messages keep the order of the server, whatever their clocks say', () => {
  const rows = buildTimeline([sampleMessage(1, { created_at: at(60) }), sampleMessage(2, { created_at: at(30) })], NONE, true);
  expect(rows.flatMap((row) => (row.kind === 'message' ? [row.message.seq] : []))).toEqual([1, 2]);
});

const notice = sampleMessage(2, {
  role: 'system',
  author: null,
  turn_id: 't1',
  content: 'It went wrong.',
  metadata: { code: 'provider_timeout' },
});
const failureIn = (rows: ReturnType<typeof buildTimeline>) => rows.flatMap((row) => (row.kind === 'failed' ? [row.failure] : []));

test('[CH-29] a failed turn is shown once, where it failed, with or without its notice in the history', () => {
  expect(kinds(buildTimeline([question], failed, true))).toEqual(['day', 'message', 'failed']);
  expect(kinds(buildTimeline([question, notice], failed, true))).toEqual(['day', 'message', 'failed']);
});

test('the events say in more words what failed; when they are gone, the notice itself is shown', () => {
  expect(failureIn(buildTimeline([question, notice], failed, true))).toMatchObject([{ turnId: 't1', detail: 'Too slow.' }]);
  expect(failureIn(buildTimeline([question, notice], NONE, true))).toMatchObject([{ turnId: 't1', detail: 'It went wrong.' }]);
});

test('a system message that reports no failure is an ordinary message', () => {
  expect(kinds(buildTimeline([sampleMessage(1, { role: 'system', turn_id: 't1' })], NONE, true))).toEqual(['day', 'message']);
});

test('turns of messages that are not loaded yet do not float at the top', () => {
  expect(kinds(buildTimeline([sampleMessage(9)], turns, false))).toEqual(['day', 'message']);
});

test('[UI-4] sending again repeats what was asked, and nothing when the question is not loaded', () => {
  const failure = { turnId: 't1', detail: '', messageIds: ['m1'] };
  expect(retryContentOf(failure, [question])).toBe('message 1');
  expect(retryContentOf({ ...failure, messageIds: [] }, [sampleMessage(7, { turn_id: 't1' })])).toBe('message 7');
  expect(retryContentOf(failure, [sampleMessage(7)])).toBeNull();
});

test('a question leads to the turn it started', () => {
  expect(turnOf(question, turns)?.id).toBe('t1');
  expect(turnOf(answer, turns)?.id).toBe('t1');
});
