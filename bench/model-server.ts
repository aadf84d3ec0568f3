/** A scripted OpenAI-compatible model: the same short stream for every request, as fast as it can; it reports how long each call took it. */

import { createServer, type ServerResponse } from 'node:http';
import { requireEnvironment } from './environment.ts';

/** Milliseconds since the epoch with fractions, comparable between processes of one machine. */
interface Call {
  readonly from: number;
  readonly to: number;
}

const CHUNKS = 20;
const WORDS = Array.from({ length: CHUNKS }, (_, index) => `word${index} `);
let calls: Call[] = [];

const now = () => performance.timeOrigin + performance.now();

function frame(delta: Record<string, unknown>, rest: Record<string, unknown> = {}): string {
  const choices = [{ index: 0, delta, finish_reason: null, ...rest }];
  return `data: ${JSON.stringify({ id: 'chatcmpl-bench', object: 'chat.completion.chunk', created: 0, model: 'model', choices })}\n\n`;
}

const usage = { prompt_tokens: 10_000, completion_tokens: CHUNKS, total_tokens: 10_000 + CHUNKS };
const FRAMES = [
  frame({ role: 'assistant', content: '' }),
  ...WORDS.map((content) => frame({ content })),
  frame({}, { finish_reason: 'stop' }),
  `data: ${JSON.stringify({ id: 'chatcmpl-bench', object: 'chat.completion.chunk', created: 0, model: 'model', choices: [], usage })}\n\n`,
  'data: [DONE]\n\n',
];

/** One write per turn of the event loop, so that the reader meets many small packets as it would from a real model. */
function stream(response: ServerResponse, from: number, index = 0): void {
  const text = FRAMES[index];
  if (text === undefined) {
    response.end(() => calls.push({ from, to: now() }));
    return;
  }
  response.write(text);
  setImmediate(stream, response, from, index + 1);
}

const server = createServer((request, response) => {
  if (request.url === '/calls') {
    response.end(JSON.stringify(calls));
    calls = [];
    return;
  }
  request.resume();
  request.once('end', () => {
    const from = now();
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    stream(response, from);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(Number(requireEnvironment('PORT')), '127.0.0.1');
