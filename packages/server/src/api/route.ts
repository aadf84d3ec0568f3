/** Ties an endpoint of the protocol to the function that answers it; query and body are checked by the endpoint's own schemas, once. */

import type { Endpoint, ParamNames } from '@spacebot/protocol/endpoint';
import type * as z from 'zod';
import type { Exchange, HandlerResult } from './exchange.ts';
import { invalidRequest, issuesOf } from './invalid-request.ts';

export interface RouteRequest<Path extends string, Query, Body> {
  /** A path parameter, decoded. */
  param(name: ParamNames<Path>): string;
  readonly query: Query;
  readonly body: Body;
  readonly exchange: Exchange;
}

export interface RawRequest {
  readonly params: ReadonlyMap<string, string>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly exchange: Exchange;
}

export interface Route {
  readonly endpoint: Endpoint;
  run(request: RawRequest): Promise<HandlerResult>;
}

type EndpointWith<Path extends string, Query> = Endpoint & { readonly path: Path; readonly query: z.ZodObject & z.ZodType<Query> };

/** For endpoints without a JSON body. */
export function route<Path extends string, Query>(
  endpoint: EndpointWith<Path, Query>,
  handler: (request: RouteRequest<Path, Query, undefined>) => Promise<HandlerResult>,
): Route {
  return {
    endpoint,
    run: async (request) => handler({ ...accept<Path>(request), query: check(endpoint.query, request.query), body: undefined }),
  };
}

/** For endpoints with a JSON body. */
export function routeWithBody<Path extends string, Query, Body>(
  endpoint: EndpointWith<Path, Query> & { readonly body: z.ZodType<Body> },
  handler: (request: RouteRequest<Path, Query, Body>) => Promise<HandlerResult>,
): Route {
  return {
    endpoint,
    run: async (request) =>
      handler({ ...accept<Path>(request), query: check(endpoint.query, request.query), body: check(endpoint.body, request.body) }),
  };
}

/** For endpoints whose body is a text other than JSON. */
export function routeWithText<Path extends string, Query>(
  endpoint: EndpointWith<Path, Query>,
  handler: (request: RouteRequest<Path, Query, string>) => Promise<HandlerResult>,
): Route {
  return {
    endpoint,
    run: async (request) =>
      handler({
        ...accept<Path>(request),
        query: check(endpoint.query, request.query),
        body: typeof request.body === 'string' ? request.body : '',
      }),
  };
}

function accept<Path extends string>(request: RawRequest) {
  return {
    exchange: request.exchange,
    param(name: ParamNames<Path>): string {
      return request.params.get(name) ?? '';
    },
  };
}

function check<Output>(schema: z.ZodType<Output>, value: unknown): Output {
  const result = schema.safeParse(value);
  if (!result.success) throw invalidRequest(issuesOf(result.error));
  return result.data;
}
