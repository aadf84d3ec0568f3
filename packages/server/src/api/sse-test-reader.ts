/** Reads an event stream in tests, one event at a time; imported by tests alone. */

import { type ClientRequest, type IncomingMessage, request } from 'node:http';

export interface SseReader {
  readonly response: IncomingMessage;
  /** The next block of the stream: fields by name; a comment is under `comment`. `undefined` = the server ended it. */
  next(): Promise<Record<string, string> | undefined>;
  /** Stops taking bytes, as a slow client does. */
  pause(): void;
  resume(): void;
  close(): void;
}

export interface SseRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly method?: string;
  readonly body?: string;
}

export function openSse({ url, headers, method = 'GET', body }: SseRequest): Promise<SseReader> {
  return new Promise((resolve, reject) => {
    const call: ClientRequest = request(url, { method, headers, agent: false }, (response) => resolve(follow(call, response)));
    call.once('error', reject);
    call.end(body);
  });
}

function follow(call: ClientRequest, response: IncomingMessage): SseReader {
  let text = '';
  let ended = false;
  let wake = () => {};
  response.setEncoding('utf8');
  response.on('data', (chunk: string) => {
    text += chunk;
    wake();
  });
  const end = () => {
    ended = true;
    wake();
  };
  response.on('end', end);
  response.on('error', end);
  call.on('error', end);
  return {
    response,
    async next() {
      for (;;) {
        const blank = text.indexOf('\n\n');
        if (blank >= 0) {
          const block = text.slice(0, blank);
          text = text.slice(blank + 2);
          return parse(block);
        }
        if (ended) return undefined;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    pause: () => void response.pause(),
    resume: () => void response.resume(),
    close: () => void call.destroy(),
  };
}

function parse(block: string): Record<string, string> {
  return Object.fromEntries(
    block.split('\n').map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon) || 'comment', line.slice(colon + 1).trim()];
    }),
  );
}
