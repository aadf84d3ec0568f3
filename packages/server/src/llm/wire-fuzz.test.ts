import { expect, test } from 'vitest';
import { LlmError } from '../core/errors.ts';
import { readEvents } from '../testing/scripted-model/dialect-reader.ts';
import type { SeenRequest } from '../testing/scripted-model/script.ts';
import { writeAnswer } from '../testing/scripted-model/wire.ts';
import { anthropicDialect } from './providers/anthropic/dialect.ts';
import { openAiChatDialect } from './providers/openai-chat/dialect.ts';

const DIALECTS = { anthropic: anthropicDialect('p1'), 'openai-chat': openAiChatDialect({ maxTokensField: 'max_tokens' }) } as const;

function recorded(dialect: SeenRequest['dialect']): { stream: string; whole: string } {
  const seen = { dialect, path: '', headers: {}, model: 'm', system: '', lastUserText: '', toolNames: [], body: {} };
  const calls = [
    { name: 'look', arguments: { q: 'ü', n: [1, { a: null }] } },
    { name: 'reply', arguments: { content: 'two words' } },
  ];
  const answer = writeAnswer({ type: 'answer', text: 'Grüße 😀', reasoning: 'hm hm', calls }, seen, 1);
  return { stream: answer.chunks.join(''), whole: JSON.stringify(answer.whole) };
}

/** Minimal standard generator (Lehmer): the same noise in every run. */
function createNoise(): (limit: number) => number {
  let seed = 42;
  return (limit) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % limit;
  };
}

const WRONG = ['null', '0', '""', '[]', '{}', 'true', '-1', '"x"', '1e999'];

/** Replaces JSON values by values of other types. */
function confuse(text: string, noise: (limit: number) => number): string {
  return text.replace(/:("(?:[^"\\]|\\.)*"|\d+|null|\{\}|\[\])/g, (match) => (noise(6) === 0 ? `:${WRONG[noise(WRONG.length)]}` : match));
}

function damage(text: string, noise: (limit: number) => number): Uint8Array {
  const bytes = new TextEncoder().encode(text);
  for (let count = noise(4) + 1; count > 0; count -= 1) bytes[noise(bytes.length)] = noise(256);
  return bytes.subarray(0, noise(3) === 0 ? noise(bytes.length) : bytes.length);
}

test.each([
  'anthropic',
  'openai-chat',
] as const)('[LLM-5, LLM-13] no damage to the bytes of %s gives anything but an answer or a typed error', async (name) => {
  const noise = createNoise();
  const { stream, whole } = recorded(name);
  let answers = 0;
  for (let round = 0; round < 800; round += 1) {
    const source = round % 2 === 0 ? stream : whole;
    const chunk = round % 4 < 2 ? new TextEncoder().encode(confuse(source, noise)) : damage(source, noise);
    const outcome = await readEvents(DIALECTS[name], { chunks: [chunk] }).catch((error: unknown) => error);
    if (Array.isArray(outcome)) answers += 1;
    else expect(outcome).toBeInstanceOf(LlmError);
  }
  expect(answers).toBeGreaterThan(0);
});
