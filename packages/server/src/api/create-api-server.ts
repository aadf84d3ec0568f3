/** Puts the HTTP API together and opens its doors: the port, the instance's Unix socket and, when wanted, a port for metrics alone. */

import type { IncomingMessage, Server } from 'node:http';
import type { ApiServices } from '../app/api-services.ts';
import { followSettings } from './active-settings.ts';
import { type Answerer, createApiApp } from './api-app.ts';
import { Authenticator } from './authenticator.ts';
import { EventStreams } from './event-streams.ts';
import type { Answer } from './exchange.ts';
import { HttpMetrics } from './http-metrics.ts';
import { IdempotentRequests } from './idempotency.ts';
import { closeServer, type Handle, isSocketPathUsable, listenOnPort, listenOnSocket, urlOf } from './listeners.ts';
import { METRICS_CONTENT_TYPE, renderMetrics } from './metrics-text.ts';
import { openPageFiles } from './page-files.ts';
import { LoginGuard, RateLimiter } from './rate-limiter.ts';
import { sendAnswer } from './respond.ts';
import { RouteTable } from './route-table.ts';
import type { RouteParts } from './routes/route-parts.ts';

export interface ApiServerOptions {
  /** `null` = no TCP listener (`api.enabled = false`). Port 0 = a free one. */
  readonly tcp: { readonly port: number; readonly bind: string } | null;
  /** Absolute path of `spacebot.sock`; left out, with a warning, where the path is too long for the system. */
  readonly socketPath: string;
  /** `[metrics]`: a listener of its own without authentication; `null` = off. */
  readonly metrics: { readonly port: number; readonly bind: string } | null;
  /** Absolute folder of the built page. */
  readonly pageRoot: string;
  /** How long running answers may take when the server closes, milliseconds. */
  readonly closeGraceMs?: number;
}

export interface ApiServer {
  /** Throws ConflictError `port_in_use`; what was opened before is closed again. `url` and `port` are `null` without a TCP listener. */
  listen(): Promise<{ readonly url: string | null; readonly port: number | null; readonly metricsPort: number | null }>;
  /** Ends the event streams, lets running answers finish, closes everything. */
  close(): Promise<void>;
  /** The application without a network, for tests. */
  readonly answer: Answerer;
}

const CLOSE_GRACE_MS = 2_000;

export function createApiServer(services: ApiServices, options: ApiServerOptions): ApiServer {
  const metrics = new HttpMetrics();
  const authenticator = new Authenticator(services);
  const streams = new EventStreams({
    events: services.events,
    clock: services.clock,
    log: services.log,
    isAlive: (principal) => authenticator.isAlive(principal),
    onDropped: (count) => metrics.drop(count),
  });
  const answerMetrics = async (): Promise<Answer> => {
    const families = [...(await services.metrics.collect()), ...metrics.collect(streams.size)];
    return { status: 200, text: renderMetrics(families), headers: { 'Content-Type': METRICS_CONTENT_TYPE } };
  };
  const answer = createApiApp({
    services,
    settings: followSettings(services.settings),
    authenticator,
    limiter: new RateLimiter(services.clock),
    table: loadRoutes({ services, authenticator, logins: new LoginGuard(services.clock), streams }),
    idempotent: new IdempotentRequests(services.idempotency, services.clock),
    pages: openPageFiles(options.pageRoot),
    metrics,
    answerMetrics,
  });
  return serve(services, options, { answer, streams, answerMetrics });
}

function loadRoutes(parts: RouteParts): () => Promise<RouteTable> {
  let table: Promise<RouteTable> | undefined;
  return () => {
    table ??= import('./routes/index.ts').then(({ allRoutes }) => new RouteTable(allRoutes(parts)));
    return table;
  };
}

interface ServeParts {
  readonly answer: Answerer;
  readonly streams: EventStreams;
  readonly answerMetrics: () => Promise<Answer>;
}

function serve(services: ApiServices, options: ApiServerOptions, parts: ServeParts): ApiServer {
  const open: Server[] = [];
  const onError = (error: Error) => services.log.error('a listener of the API failed', { error });
  const close = async () => {
    parts.streams.close();
    await Promise.all(open.splice(0).map((server) => closeServer(server, options.closeGraceMs ?? CLOSE_GRACE_MS)));
  };
  const handle = handleWith(parts.answer, onError);
  const openPort = async (handler: Handle, place: ApiServerOptions['tcp']) => {
    if (place === null) return null;
    const { server, port } = await listenOnPort(handler, place, onError);
    open.push(server);
    return port;
  };
  const openAll = async () => {
    if (isSocketPathUsable(options.socketPath)) open.push(await listenOnSocket(handle, options.socketPath, onError));
    else services.log.warn('the path of the Unix socket is too long; local commands use the port and the token file');
    const port = await openPort(handle, options.tcp);
    const metricsPort = await openPort(metricsHandler(parts.answerMetrics, onError), options.metrics);
    return { url: port === null ? null : urlOf(options.tcp?.bind ?? '', port), port, metricsPort };
  };
  return {
    answer: parts.answer,
    close,
    async listen() {
      try {
        return await openAll();
      } catch (error) {
        await close();
        throw error;
      }
    },
  };
}

/** Answers on the connection itself; what goes wrong after that is logged and ends the connection. */
function handleWith(answer: Answerer, onError: (error: Error) => void): Handle {
  return (incoming, outgoing, connection) => {
    const call = {
      connection,
      method: incoming.method ?? 'GET',
      target: incoming.url ?? '/',
      header: headerReader(incoming),
      detachedBody: null,
    };
    answer(call)
      .then(({ exchange, result }) => sendAnswer(outgoing, exchange, result))
      .catch((error: unknown) => {
        onError(error instanceof Error ? error : new Error(String(error)));
        outgoing.destroy();
      });
  };
}

function headerReader(incoming: IncomingMessage): (name: string) => string | undefined {
  return (name) => {
    const value = incoming.headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  };
}

/** The metrics port knows one address and nothing else. */
function metricsHandler(answerMetrics: () => Promise<Answer>, onError: (error: Error) => void): Handle {
  return (incoming, outgoing) => {
    if (incoming.url?.split('?', 1)[0] !== '/metrics') {
      outgoing.writeHead(404, { 'Content-Type': 'text/plain' }).end('Not found\n');
      return;
    }
    answerMetrics().then(
      ({ text }) => outgoing.writeHead(200, { 'Content-Type': METRICS_CONTENT_TYPE }).end(text),
      (error: unknown) => {
        onError(error instanceof Error ? error : new Error(String(error)));
        outgoing.writeHead(500).end();
      },
    );
  };
}
