/** How the command line reaches a daemon: over the socket of the local instance, or over the network to the address it was given. */

import { type Client, ClientError, createClient, type FetchLike } from '@spacebot/protocol/client';
import { CancelledError, isAppError } from '../core/errors.ts';
import { CliError, isErrorCode, notRunning, usageError } from './cli-error.ts';
import type { CommandContext, DaemonClient } from './context.ts';
import type { CliHost } from './host.ts';
import { errorField } from './node-errors.ts';
import { createSocketFetch, isSocketPathUsable } from './socket-fetch.ts';

export async function connectDaemon(context: CommandContext): Promise<DaemonClient> {
  const { remote, host } = context;
  const target = remote === null ? await localTarget(context) : remoteTarget(context, remote);
  const fetchIt = context.flags.debug === true ? tracing(host, target.fetch) : target.fetch;
  return translating(createClient({ ...target, fetch: fetchIt }), remote ?? undefined);
}

interface Target {
  readonly baseUrl: string;
  readonly token?: string;
  readonly fetch: FetchLike;
}

function remoteTarget({ host, flags }: CommandContext, remote: string): Target {
  const token = flags.token ?? host.environment.SPACEBOT_TOKEN;
  if (!URL.canParse(remote) || !/^https?:/iu.test(remote)) throw usageError(`Not an http address: ${remote}`);
  const baseUrl = remote.replace(/\/+$/u, '').replace(/\/api$/u, '');
  return { baseUrl, fetch, ...(token === undefined || token === '' ? {} : { token }) };
}

async function localTarget(context: CommandContext): Promise<Target> {
  const { socket } = context.instance;
  if (isSocketPathUsable(socket)) return { baseUrl: 'http://localhost', fetch: createSocketFetch(socket) };
  const { findLocalAddress } = await import('./local-address.ts');
  return { ...(await findLocalAddress(context)), fetch };
}

function tracing(host: CliHost, fetchIt: FetchLike): FetchLike {
  return async (url, init) => {
    const startedAt = host.clock.now();
    const done = (result: string) => host.stderr.write(`${init.method} ${url} -> ${result} (${host.clock.now() - startedAt} ms)\n`);
    try {
      const response = await fetchIt(url, init);
      done(String(response.status));
      return response;
    } catch (error) {
      done(String(error));
      throw error;
    }
  };
}

function translating(client: Client, where: string | undefined): DaemonClient {
  const fail = (error: unknown): never => {
    throw toAppError(error, where);
  };
  return {
    call: (endpoint, ...input) => client.call(endpoint, ...input).catch(fail),
    raw: (endpoint, ...input) => client.raw(endpoint, ...input).catch(fail),
    async *stream(endpoint, ...input) {
      try {
        yield* client.stream(endpoint, ...input);
      } catch (error) {
        fail(error);
      }
    },
  };
}

function toAppError(error: unknown, where: string | undefined): Error {
  if (isAppError(error)) return error;
  if (error instanceof DOMException && error.name === 'AbortError') return new CancelledError();
  // Nobody listening is one thing; somebody who hung up may have taken the request.
  const wasLost = !(error instanceof ClientError) || errorField(error.cause, 'code') === 'ECONNRESET';
  if (wasLost) return new CliError('unavailable', 'The connection to spacebot was lost.', { cause: error });
  if (error.status === 0) return notRunning(where, error.cause);
  return new CliError(isErrorCode(error.code) ? error.code : 'internal', error.message, { cause: error, details: error.details });
}
