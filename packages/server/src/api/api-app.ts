/** One request through the checks in their fixed order: Host, Origin, rate limit, authentication, route, method, size, JSON, schema, handler. */

import type { ApiServices } from '../app/api-services.ts';
import { type AppError, AuthError, InputError, isAppError, NotFoundError, PolicyError } from '../core/errors.ts';
import { sha256 } from '../core/ids.ts';
import { isAllowedHost, isListedOrigin, isOwnOrigin } from '../security/request-names.ts';
import type { ActiveSettings } from './active-settings.ts';
import { findClientAddress } from './active-settings.ts';
import type { Authenticator } from './authenticator.ts';
import { corsHeaders, PREFLIGHT_HEADERS } from './cors.ts';
import { toErrorAnswer } from './error-answer.ts';
import { ALREADY_SENT, type Answer, type Connection, type Exchange, type HandlerResult } from './exchange.ts';
import { answerHealth } from './health.ts';
import type { HttpMetrics } from './http-metrics.ts';
import { type IdempotentRequests, readIdempotencyKey } from './idempotency.ts';
import type { PageFiles } from './page-files.ts';
import type { RateLimit, RateLimiter, Verdict } from './rate-limiter.ts';
import { checkDeclaredSize, hasBody, MAX_BODY_BYTES, MAX_UPLOAD_BYTES, parseJson, readText, requireMediaType } from './request-body.ts';
import type { RouteMatch, RouteTable } from './route-table.ts';

export interface ApiAppParts {
  readonly services: ApiServices;
  readonly settings: () => ActiveSettings;
  readonly authenticator: Authenticator;
  readonly limiter: RateLimiter;
  /** Loaded with the first request that needs it: its schemas are the larger part of the time to start. */
  readonly table: () => Promise<RouteTable>;
  readonly idempotent: IdempotentRequests;
  readonly pages: PageFiles;
  readonly metrics: HttpMetrics;
  readonly answerMetrics: () => Promise<Answer>;
}

/** One request, answered; the caller sends the result or hands it to a test. */
export type Answerer = (call: Call) => Promise<Answered>;

export interface Call {
  readonly connection: Connection;
  readonly method: string;
  /** Path and query, as sent. */
  readonly target: string;
  /** Name in lower case. */
  readonly header: (name: string) => string | undefined;
  readonly detachedBody: AsyncIterable<Uint8Array> | null;
}

export interface Answered {
  readonly exchange: Exchange;
  readonly result: HandlerResult;
}

const REQUEST_ID = /^[A-Za-z0-9_-]{1,64}$/;
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

export function createApiApp(parts: ApiAppParts): Answerer {
  return async (call) => {
    const startedAt = performance.now();
    const exchange = openExchange(parts, call);
    const result = await answerSafely(parts, exchange);
    const status = result === ALREADY_SENT ? 200 : result.status;
    const method = METHODS.has(exchange.method) ? exchange.method : 'other';
    parts.metrics.observe(method, exchange.template, status, (performance.now() - startedAt) / 1000);
    return { exchange, result };
  };
}

function openExchange(parts: ApiAppParts, call: Call): Exchange {
  const { connection, header, target } = call;
  const settings = parts.settings();
  const mark = target.indexOf('?');
  const sentId = header('x-request-id');
  const isBehindProxy = connection.transport === 'tcp' && settings.isTrustedProxy(connection.address);
  return {
    connection,
    sentMethod: call.method,
    detachedBody: call.detachedBody,
    requestId: sentId !== undefined && REQUEST_ID.test(sentId) ? sentId : parts.services.newId(),
    method: call.method === 'HEAD' ? 'GET' : call.method,
    path: mark < 0 ? target : target.slice(0, mark),
    search: mark < 0 ? '' : target.slice(mark + 1),
    clientAddress: findClientAddress(settings, connection.address, header('x-forwarded-for')),
    isHttps: isBehindProxy && header('x-forwarded-proto') === 'https',
    header,
    answerHeaders: {},
    principal: undefined,
    template: 'unmatched',
    uploadFingerprint: undefined,
  };
}

async function answerSafely(parts: ApiAppParts, exchange: Exchange): Promise<HandlerResult> {
  try {
    return await answer(parts, exchange);
  } catch (error) {
    const result = toErrorAnswer(error, exchange.requestId);
    if (result.status >= 500 && !isExpected(error) && exchange.connection.outgoing?.destroyed !== true) {
      parts.services.log.error('a request failed', { request_id: exchange.requestId, error, fields: { path: exchange.template } });
    }
    return result;
  }
}

function isExpected(error: unknown): error is AppError {
  return isAppError(error) && error.code === 'unavailable';
}

async function answer(parts: ApiAppParts, exchange: Exchange): Promise<HandlerResult> {
  if (exchange.connection.transport === 'tcp') {
    const settings = parts.settings();
    tellRate(exchange, settings, (address, rate) => parts.limiter.look(address, rate));
    checkHost(exchange, settings);
    if (checkOrigin(exchange, settings)) return { status: 204, headers: PREFLIGHT_HEADERS };
  }
  limitRate(parts, exchange);
  const { path } = exchange;
  if (path === '/api' || path.startsWith('/api/')) return answerApi(parts, exchange);
  if (path === '/metrics') return answerMetrics(parts, exchange);
  if (path === '/hooks' || path.startsWith('/hooks/')) throw new NotFoundError('not_found', 'No platform calls back here.');
  return answerPage(parts, exchange);
}

function checkHost({ connection }: Exchange, settings: ActiveSettings): void {
  if (isAllowedHost(connection.host, settings)) return;
  throw new PolicyError('host_not_allowed', 'This name is not one of this server; add it to api.allowed_hosts.');
}

/** Answers whether this is the question of a browser that asks before it sends (a preflight). */
function checkOrigin(exchange: Exchange, settings: ActiveSettings): boolean {
  const origin = exchange.header('origin');
  if (origin === undefined || isOwnOrigin(origin, exchange.connection.host)) return false;
  if (!isListedOrigin(origin, settings)) {
    throw new PolicyError('origin_not_allowed', 'Pages of this origin may not call this server; see api.allowed_origins.');
  }
  Object.assign(exchange.answerHeaders, corsHeaders(origin));
  return exchange.method === 'OPTIONS' && exchange.header('access-control-request-method') !== undefined;
}

function limitRate({ limiter, settings }: ApiAppParts, exchange: Exchange): void {
  const { answerHeaders } = exchange;
  if (exchange.connection.transport === 'socket') {
    const { requestsPerMinute, burst } = settings().source.rateLimit;
    if (requestsPerMinute === 0) return;
    answerHeaders['RateLimit-Limit'] = answerHeaders['RateLimit-Remaining'] = String(burst);
    answerHeaders['RateLimit-Reset'] = '0';
    return;
  }
  const verdict = tellRate(exchange, settings(), (address, rate) => limiter.take(address, rate));
  if (verdict?.allowed === false) throw new InputError('rate_limited', 'Too many requests.', { retry: { afterMs: verdict.waitMs } });
}

/** Every answer says how much is left, also one that is refused before it counts. */
function tellRate(
  { answerHeaders, clientAddress }: Exchange,
  { source: { rateLimit } }: ActiveSettings,
  ask: (address: string, rate: RateLimit) => Verdict,
): Verdict | undefined {
  if (rateLimit.requestsPerMinute === 0) return undefined;
  const verdict = ask(clientAddress, rateLimit);
  answerHeaders['RateLimit-Limit'] = String(verdict.limit);
  answerHeaders['RateLimit-Remaining'] = String(verdict.remaining);
  answerHeaders['RateLimit-Reset'] = String(verdict.resetSecs);
  return verdict;
}

function authenticate({ authenticator }: ApiAppParts, exchange: Exchange): void {
  exchange.principal = authenticator.identify(exchange);
  if (exchange.principal === undefined) throw new AuthError('unauthorized', 'Send the API token as "Authorization: Bearer sbt_...".');
  const isRead = exchange.method === 'GET' || exchange.method === 'OPTIONS';
  if (exchange.principal.method === 'cookie' && !isRead && exchange.header('origin') === undefined) {
    throw new PolicyError('origin_required', 'With a session cookie, changes need the Origin header.');
  }
}

async function answerApi(parts: ApiAppParts, exchange: Exchange): Promise<HandlerResult> {
  const { method, path } = exchange;
  const health = answerHealth(parts.services, method, path);
  if (health) {
    exchange.template = path;
    return health;
  }
  const table = await parts.table();
  if (!table.isOpen(method, path)) authenticate(parts, exchange);
  const match = table.match(method, path.slice('/api'.length));
  const { endpoint } = match.route;
  exchange.template = `/api${endpoint.path}`;
  if (endpoint.produces === 'text/event-stream' && exchange.sentMethod === 'HEAD') throw methodNotAllowed(['GET']);
  const key = readIdempotencyKey(exchange);
  const text = await readBody(exchange, match);
  const body = endpoint.body === undefined ? text : parseJson(text);
  const run = () => match.route.run({ params: match.params, query: parseQuery(exchange.search), body, exchange });
  if (key === undefined) return run();
  const scope = `${method} ${path} ${key}`;
  if (endpoint.upload === undefined) return parts.idempotent.once(scope, sha256(text), run);
  // A file is known only when it has been stored: of a repeat, the first answer counts and the second copy is nobody's.
  const result = await run();
  return parts.idempotent.once(scope, exchange.uploadFingerprint ?? '', async () => result);
}

/** The text of a JSON or TOML body; uploads are read by their handler. */
async function readBody(exchange: Exchange, { route }: RouteMatch): Promise<string> {
  const { body, upload } = route.endpoint;
  if (body === undefined && upload === undefined) return '';
  const isFile = upload === 'multipart/form-data';
  checkDeclaredSize(exchange, isFile ? MAX_UPLOAD_BYTES : MAX_BODY_BYTES);
  if (upload !== undefined) requireMediaType(exchange, upload);
  else if (hasBody(exchange)) requireMediaType(exchange, 'application/json');
  else return '';
  return isFile ? '' : readText(exchange, MAX_BODY_BYTES);
}

/** Each parameter once. */
function parseQuery(search: string): Record<string, string> {
  const query: Record<string, string> = {};
  if (search === '') return query;
  for (const [name, value] of new URLSearchParams(search)) {
    if (Object.hasOwn(query, name)) throw new InputError('invalid_request', `The parameter "${name.slice(0, 64)}" is given twice.`);
    query[name] = value;
  }
  return query;
}

async function answerMetrics(parts: ApiAppParts, exchange: Exchange): Promise<Answer> {
  exchange.template = '/metrics';
  authenticate(parts, exchange);
  if (exchange.method !== 'GET') throw methodNotAllowed(['GET']);
  return parts.answerMetrics();
}

async function answerPage(parts: ApiAppParts, exchange: Exchange): Promise<Answer> {
  if (!parts.settings().source.ui) throw notFound();
  exchange.template = 'page';
  if (exchange.method !== 'GET') throw methodNotAllowed(['GET', 'HEAD']);
  const file = await parts.pages.answer(exchange.path);
  if (file === undefined) throw notFound();
  return file;
}

function notFound(): NotFoundError {
  return new NotFoundError('route_not_found', 'There is nothing at this address.');
}

function methodNotAllowed(allow: readonly string[]): InputError {
  return new InputError('method_not_allowed', `Only ${allow.join(' and ')} is possible here.`, { details: { allow } });
}
