import type { SpacebotEvent } from '@spacebot/protocol/events';
import { describe, expect, test } from 'vitest';
import { at, sampleEvent, sampleMessage, sampleTurn, usage } from '../../testing/samples.ts';
import { applyToLive, NO_LIVE_STATE } from './live-turn.ts';

const play = (events: readonly SpacebotEvent[]) => events.reduce(applyToLive, NO_LIVE_STATE);
const delta = (index: number, text: string, message_id = 'm2') =>
  sampleEvent('outbound_message_delta', { message_id, index, delta: text }, { id: null });
const started = sampleEvent('turn_started', { turn_id: 't1', message_ids: ['m1'], model: 'demo/echo' }, { at: at(11) });

test('a turn shows since when it runs, the tool it uses and the answer as it grows', () => {
  const events = sampleTurn();
  expect(play(events.slice(0, 2)).turn).toMatchObject({ turnId: 't1', startedAt: at(11), text: '' });
  expect(play(events.slice(0, 3)).turn?.tool).toMatchObject({ name: 'shell' });
  expect(play(events.slice(0, 6)).turn).toMatchObject({ text: 'It is noon.', tool: null, hasGap: false });
});

test('the finished message takes the place of the streamed text, and the end of the turn clears the line', () => {
  const events = sampleTurn();
  expect(play(events.slice(0, 7)).turn).toMatchObject({ text: '', messageId: null });
  expect(play(events).turn).toBeNull();
});

describe('what arrives out of order', () => {
  test('a delta that comes after its message or its turn changes nothing', () => {
    const done = play(sampleTurn());
    expect(applyToLive(done, delta(2, ' late'))).toBe(done);
    const answered = play(sampleTurn().slice(0, 7));
    expect(applyToLive(answered, delta(2, ' late'))).toBe(answered);
  });

  test('[SSE-3] a repeated delta is not said twice', () => {
    expect(play([started, delta(0, 'a'), delta(0, 'a'), delta(1, 'b')]).turn?.text).toBe('ab');
  });

  test('[SSE-4] a lost delta is marked until the finished message replaces the text', () => {
    const state = play([started, delta(0, 'a'), delta(2, 'c')]);
    expect(state.turn).toMatchObject({ text: 'ac', hasGap: true });
    expect(play([started, delta(0, 'a'), delta(2, 'c'), delta(0, 'x', 'm3')]).turn).toMatchObject({ text: 'x', hasGap: false });
  });

  test('a page that joins in the middle shows the running turn without inventing when it began', () => {
    expect(play([delta(7, 'and so')]).turn).toMatchObject({ turnId: 't1', startedAt: null, hasGap: true, text: 'and so' });
  });

  test('a replayed start of a turn that is over does not bring it back', () => {
    expect(applyToLive(play(sampleTurn()), started).turn).toBeNull();
  });

  test('the end of an older turn leaves the running one alone', () => {
    const older = sampleEvent('turn_failed', { turn_id: 't0', error: { code: 'internal', message: 'x' }, retryable: true, usage });
    expect(play([started, older]).turn?.turnId).toBe('t1');
  });
});

test('a partial message does not end the streamed text', () => {
  const partial = sampleEvent('outbound_message', { message: sampleMessage(2), replaced: false, partial: true });
  expect(play([started, delta(0, 'a'), partial]).turn?.text).toBe('a');
});

test('[G-6] what is remembered of finished messages is bounded', () => {
  const events = Array.from({ length: 200 }, (_, seq) =>
    sampleEvent('outbound_message', { message: sampleMessage(seq), replaced: false, partial: false }),
  );
  expect(play(events).over.length).toBeLessThan(30);
});
