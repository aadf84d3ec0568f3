/** A small typed client for browser, CLI and programs: types come from the endpoint list, nothing of it is loaded at run time. */

import type { BodyInputOf, ParamsOf, QueryInputOf, ResponseOf } from './endpoint.ts';
import type { EndpointKey, EndpointMap } from './endpoints/index.ts';
import type { ErrorBody } from './errors.ts';
import type { SpacebotEvent } from './events.ts';
import { readServerSentEvents } from './server-sent-events.ts';

/** `fetch`, or something with its shape, for example one that speaks over a Unix socket. */
export type FetchLike = (url: string, init: RequestInit) => Promise<Response>;

export interface ClientOptions {
  /** Origin of the server, `http://127.0.0.1:19898`; empty in a page that the server itself delivers. */
  readonly baseUrl: string;
  /** Without it the browser's session cookie, or the socket, is the proof. */
  readonly token?: string;
  readonly fetch?: FetchLike;
}

interface Common {
  readonly signal?: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
}
type EndpointAt<Key extends EndpointKey> = EndpointMap[Key];
type ParamsPart<Params> = keyof Params extends never ? { readonly params?: undefined } : { readonly params: Params };
type QueryPart<Query> = { readonly query?: Query };
type JsonBody<Input> = [Input] extends [undefined]
  ? { readonly body?: undefined }
  : Record<string, never> extends Input
    ? { readonly body?: Input }
    : { readonly body: Input };
type BodyPart<Key extends EndpointKey> =
  EndpointAt<Key> extends { readonly upload: string } ? { readonly body: FormData | string } : JsonBody<BodyInputOf<EndpointAt<Key>>>;

/** What a call needs: path parameters where the path has them, a body where the endpoint asks for one. */
export type CallInput<Key extends EndpointKey> = Common &
  ParamsPart<ParamsOf<EndpointAt<Key>>> &
  QueryPart<QueryInputOf<EndpointAt<Key>>> &
  BodyPart<Key>;
/** The input may be left out when nothing in it is required. */
export type CallArguments<Key extends EndpointKey> = Common extends CallInput<Key> ? [input?: CallInput<Key>] : [input: CallInput<Key>];
export type CallResult<Key extends EndpointKey> = ResponseOf<EndpointAt<Key>>;

export interface Client {
  /** Calls and answers the parsed body, `undefined` where there is none. Throws ClientError for every answer that is not 2xx. */
  call<Key extends EndpointKey>(endpoint: Key, ...input: CallArguments<Key>): Promise<CallResult<Key>>;
  /** The same without reading the body: for bytes, text and headers. */
  raw<Key extends EndpointKey>(endpoint: Key, ...input: CallArguments<Key>): Promise<Response>;
  /** One stream of events until the server ends it, for example the events of one portal turn. */
  stream<Key extends EndpointKey>(endpoint: Key, ...input: CallArguments<Key>): AsyncIterable<SpacebotEvent>;
}

/** An answer that is not 2xx; `status` 0 = the server could not be reached. */
export class ClientError extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly requestId: string | undefined;
  /** From `Retry-After`. */
  readonly retryAfterSecs: number | undefined;

  constructor(status: number, body: Partial<ErrorBody['error']>, retryAfterSecs?: number, options?: { readonly cause: unknown }) {
    super(body.message ?? `The server answered ${status}.`, options);
    this.name = 'ClientError';
    this.status = status;
    this.code = body.code ?? 'internal';
    this.details = body.details ?? {};
    this.requestId = body.request_id;
    this.retryAfterSecs = retryAfterSecs;
  }
}

interface AnyInput extends Common {
  readonly params?: Readonly<Record<string, string>> | undefined;
  readonly query?: Readonly<Record<string, unknown>> | undefined;
  readonly body?: unknown;
}

export function createClient(options: ClientOptions): Client {
  const raw = (endpoint: string, input: AnyInput = {}, accept?: string) => send(options, endpoint, input, accept);
  return {
    raw: (endpoint, ...[input]) => raw(endpoint, input),
    async call(endpoint, ...[input]) {
      const response = await raw(endpoint, input, 'application/json');
      const text = await response.text();
      return text === '' ? undefined : JSON.parse(text);
    },
    async *stream(endpoint, ...[input]) {
      const response = await raw(endpoint, input, 'text/event-stream');
      for await (const entry of readServerSentEvents(response)) {
        if (entry.data !== '') yield JSON.parse(entry.data);
      }
    },
  };
}

async function send(options: ClientOptions, endpoint: string, input: AnyInput, accept: string | undefined): Promise<Response> {
  const [method = 'GET', path = ''] = endpoint.split(' ');
  const headers: Record<string, string> = { ...input.headers };
  if (accept !== undefined) headers.Accept ??= accept;
  if (options.token !== undefined) headers.Authorization = `Bearer ${options.token}`;
  const init: RequestInit = { method, headers, credentials: 'same-origin' };
  if (input.signal !== undefined) init.signal = input.signal;
  if (input.body !== undefined) init.body = encodeBody(input.body, headers);
  const response = await reach(options, `${options.baseUrl}/api${fillPath(path, input.params)}${encodeQuery(input.query)}`, init);
  if (!response.ok) throw await readError(response);
  return response;
}

/** Aborts keep their own reason; every other failure to connect becomes one kind of error. */
async function reach(options: ClientOptions, url: string, init: RequestInit): Promise<Response> {
  const fetchIt = options.fetch ?? fetch;
  try {
    return await fetchIt(url, init);
  } catch (cause) {
    if (init.signal?.aborted) throw cause;
    throw new ClientError(0, { code: 'unavailable', message: 'Spacebot cannot be reached.' }, undefined, { cause });
  }
}

function encodeBody(body: unknown, headers: Record<string, string>): FormData | string {
  if (body instanceof FormData) return body;
  if (typeof body === 'string') {
    headers['Content-Type'] ??= 'application/toml';
    return body;
  }
  headers['Content-Type'] = 'application/json';
  return JSON.stringify(body);
}

function fillPath(path: string, params: Readonly<Record<string, string>> | undefined): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params?.[name] ?? ''));
}

function encodeQuery(query: Readonly<Record<string, unknown>> | undefined): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined) search.set(name, Array.isArray(value) ? value.join(',') : String(value));
  }
  const text = search.toString();
  return text === '' ? '' : `?${text}`;
}

async function readError(response: Response): Promise<ClientError> {
  const retryAfter = Number(response.headers.get('Retry-After') ?? Number.NaN);
  const retryAfterSecs = Number.isFinite(retryAfter) ? retryAfter : undefined;
  const body = await response.json().catch(() => undefined);
  if (typeof body?.error === 'object') return new ClientError(response.status, body.error, retryAfterSecs);
  return new ClientError(response.status, { code: 'unavailable', details: body ?? {} }, retryAfterSecs);
}
