import { beforeEach, describe, expect, test } from 'vitest';
import type { LlmResponse } from '../core/llm.ts';
import { NO_USAGE } from '../core/llm.ts';
import type { GatewayEvent } from '../llm/model-gateway.ts';
import { AnswerStream } from './answer-stream.ts';

const RESPONSE: LlmResponse = { content: [], finishReason: 'stop', usage: NO_USAGE, model: 'm' };
const finish: GatewayEvent = { type: 'finish', response: RESPONSE };
const text = (value: string): GatewayEvent => ({ type: 'text-delta', text: value });
const start = (index: number, name: string): GatewayEvent => ({ type: 'tool-call-start', index, id: `c${index}`, name });
const args = (index: number, value: string): GatewayEvent => ({ type: 'tool-call-delta', index, text: value });

const shown: string[] = [];
const thought: string[] = [];
beforeEach(() => {
  shown.length = 0;
  thought.length = 0;
});

async function read(...events: GatewayEvent[]): Promise<AnswerStream> {
  const stream = new AnswerStream({ onText: (piece) => shown.push(piece), onReasoning: (piece) => thought.push(piece) });
  async function* source(): AsyncGenerator<GatewayEvent> {
    yield* events;
  }
  expect(await stream.read(source())).toBe(RESPONSE);
  return stream;
}

describe('[SSE-3] what is seen while an answer comes', () => {
  test('is the text of the model', async () => {
    await read(text('Hel'), text(''), text('lo.'), finish);
    expect(shown).toEqual(['Hel', 'lo.']);
  });

  test('is what it puts into reply, without the JSON around it', async () => {
    await read(start(0, 'reply'), args(0, '{"cont'), args(0, 'ent":"Hi \\u00'), args(0, 'e9"}'), finish);
    expect(shown.join('')).toBe('Hi é');
  });

  test('is nothing of other tools, nor of a second reply', async () => {
    await read(start(0, 'react'), args(0, '{"content":"no"}'), start(1, 'reply'), args(1, '{"content":"yes"}'), finish);
    await read(start(0, 'reply'), args(0, '{"content":"one"}'), start(1, 'reply'), args(1, '{"content":"two"}'), finish);
    expect(shown.join(' ')).toBe('yes one');
  });

  test('begins again when the call does, and what was seen before is remembered', async () => {
    const stream = await read(
      start(0, 'reply'),
      args(0, '{"content":"ab'),
      { type: 'restart' },
      start(0, 'reply'),
      args(0, '{"content":"xy"}'),
      finish,
    );
    expect(shown).toEqual(['ab', 'xy']);
    expect(stream.shown).toBe('abxy');
  });

  test('is kept apart from what the model thinks', async () => {
    await read({ type: 'reasoning-delta', text: 'hm' }, text('Yes.'), finish);
    expect([shown, thought]).toEqual([['Yes.'], ['hm']]);
  });
});
