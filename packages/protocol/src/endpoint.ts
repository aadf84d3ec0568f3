/** One endpoint as data: the server routes by it, the clients call by it, and the OpenAPI document is made from it. */

import type { z } from 'zod';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface Endpoint {
  /** Unique, camelCase; becomes the OpenAPI operationId. */
  readonly name: string;
  readonly method: Method;
  /** Below `/api`, parameters in braces: `/agents/{agent_id}/portal`. */
  readonly path: string;
  readonly summary: string;
  readonly tag: string;
  /** `open`: answers without a token. */
  readonly access: 'token' | 'open';
  /** Strict object schemas: an unknown field or parameter is refused. Query values arrive as strings and are coerced by the schema. */
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** What the request body is when it is not JSON. */
  readonly upload?: 'multipart/form-data' | 'application/toml';
  /** Documents and types the 2xx bodies by status; `null` = no body. */
  readonly responses: { readonly [status: number]: z.ZodType | null };
  /** What the answer is when it is not JSON. */
  readonly produces?: 'text/event-stream' | 'application/octet-stream' | 'application/toml';
}

/** Keeps the literal types of one endpoint, so that client and route are checked against it. */
export function defineEndpoint<const E extends Endpoint>(endpoint: E): E {
  return endpoint;
}

/** What a handler receives. */
export type QueryOf<E extends Endpoint> = E['query'] extends z.ZodType ? z.output<E['query']> : undefined;
export type BodyOf<E extends Endpoint> = E['body'] extends z.ZodType ? z.output<E['body']> : undefined;

/** What a caller sends: the same before defaults, query values still plain. */
export type BodyInputOf<E extends Endpoint> = E['body'] extends z.ZodType ? z.input<E['body']> : undefined;
export type QueryValue = string | number | boolean | readonly string[] | undefined;
export type QueryInputOf<E extends Endpoint> = E['query'] extends z.ZodType
  ? { readonly [Name in keyof z.output<E['query']>]?: QueryValue }
  : undefined;

type ResponseSchemas<E extends Endpoint> = E['responses'][keyof E['responses']];
type OutputOf<Schema> = Schema extends z.ZodType ? z.output<Schema> : Schema extends null ? undefined : never;
/** What any successful answer of the endpoint may hold. */
export type ResponseOf<E extends Endpoint> = OutputOf<ResponseSchemas<E>>;

/** Names in braces of a path. */
export type ParamNames<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}` ? Name | ParamNames<Rest> : never;
/** Path parameters, decoded. */
export type ParamsOf<E extends Endpoint> = { readonly [Name in ParamNames<E['path']>]: string };
