/** A transport that answers with given bytes in given pieces and keeps what was sent: for dialect tests on hand-written wire bytes. */

import type { HttpCall, Transport } from '../../llm/transport.ts';

export interface CannedAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly chunks: readonly Uint8Array[];
  /** Thrown where the body would end. */
  readonly failure?: Error;
}

export interface CannedTransport extends Transport {
  readonly calls: readonly HttpCall[];
}

export function createCannedTransport(answer: CannedAnswer): CannedTransport {
  const calls: HttpCall[] = [];
  return {
    calls,
    async post(call) {
      calls.push(call);
      return { status: answer.status ?? 200, headers: answer.headers ?? {}, body: deliver(answer), endWithin() {} };
    },
    close() {},
  };
}

async function* deliver({ chunks, failure }: CannedAnswer): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield chunk;
  if (failure !== undefined) throw failure;
}

/** The text cut in two at `at` bytes. */
export function splitAt(text: string, at: number): Uint8Array[] {
  const bytes = new TextEncoder().encode(text);
  return [bytes.subarray(0, at), bytes.subarray(at)];
}

export function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
