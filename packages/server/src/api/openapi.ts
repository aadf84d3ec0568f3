/** The OpenAPI 3.1 document, made from the endpoint list. */

import type { Endpoint } from '@spacebot/protocol/endpoint';
import * as z from 'zod';

type Json = Record<string, unknown>;

/** Schemas that carry a name become components. Costs some 50 ms: make it once, when it is asked for. */
export function makeOpenapi(endpoints: readonly Endpoint[], version: string): Json {
  const schemas: Json = {};
  const paths: Record<string, Json> = {};
  for (const endpoint of endpoints) {
    const path = `/api${endpoint.path}`;
    paths[path] = { ...paths[path], [endpoint.method.toLowerCase()]: describeOperation(endpoint, schemas) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Spacebot', version, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    paths,
    components: {
      schemas: { ...schemas, Error: ERROR_SCHEMA },
      responses: { Error: { description: 'Anything that is not 2xx.', content: jsonContent({ $ref: '#/components/schemas/Error' }) } },
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        session: { type: 'apiKey', in: 'cookie', name: 'spacebot_session' },
      },
    },
    security: [{ bearer: [] }, { session: [] }],
  };
}

const ERROR_SCHEMA = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message', 'details', 'request_id'],
      properties: {
        code: { type: 'string' },
        message: { type: 'string' },
        details: { type: 'object' },
        request_id: { type: 'string' },
      },
    },
  },
};

function describeOperation(endpoint: Endpoint, schemas: Json): Json {
  const operation: Json = {
    operationId: endpoint.name,
    summary: endpoint.summary,
    tags: [endpoint.tag],
    parameters: [...describePath(endpoint.path), ...describeQuery(endpoint.query, schemas), ...describeHeaders(endpoint.method)],
    responses: { ...describeResponses(endpoint, schemas), default: { $ref: '#/components/responses/Error' } },
  };
  const body = describeBody(endpoint, schemas);
  if (body !== undefined) operation.requestBody = body;
  if (endpoint.access === 'open') operation.security = [];
  return operation;
}

function describePath(path: string): Json[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: { type: 'string' } }));
}

function describeQuery(query: z.ZodObject | undefined, schemas: Json): Json[] {
  return Object.entries(query?.shape ?? {}).map(([name, schema]) => ({
    name,
    in: 'query',
    required: !z.safeParse(schema, undefined).success,
    ...listStyle(toSchema(schema, 'output', schemas)),
  }));
}

/** A list is one parameter with commas. */
function listStyle(schema: unknown): Json {
  const isList = typeof schema === 'object' && schema !== null && 'type' in schema && schema.type === 'array';
  return isList ? { schema, style: 'form', explode: false } : { schema };
}

function describeHeaders(method: string): Json[] {
  const header = (name: string) => ({ name, in: 'header', required: false, schema: { type: 'string' } });
  if (method === 'POST') return [header('Idempotency-Key')];
  return method === 'GET' ? [] : [header('If-Match')];
}

function describeBody(endpoint: Endpoint, schemas: Json): Json | undefined {
  if (endpoint.upload === 'multipart/form-data') {
    const file = {
      type: 'object',
      required: ['file'],
      properties: { file: { type: 'string', contentMediaType: 'application/octet-stream' } },
    };
    return { required: true, content: { 'multipart/form-data': { schema: file } } };
  }
  if (endpoint.upload !== undefined) return { required: true, content: { [endpoint.upload]: { schema: { type: 'string' } } } };
  if (endpoint.body === undefined) return undefined;
  const required = !endpoint.body.safeParse({}).success;
  return { required, content: jsonContent(toSchema(endpoint.body, 'input', schemas)) };
}

function describeResponses(endpoint: Endpoint, schemas: Json): Json {
  return Object.fromEntries(
    Object.entries(endpoint.responses).map(([status, schema]) => [status, describeResponse(endpoint, schema, schemas)]),
  );
}

function describeResponse(endpoint: Endpoint, schema: z.ZodType | null, schemas: Json): Json {
  const description = endpoint.summary;
  if (endpoint.produces !== undefined) return { description, content: { [endpoint.produces]: { schema: { type: 'string' } } } };
  if (schema === null) return { description };
  return { description, content: jsonContent(toSchema(schema, 'input', schemas)) };
}

function jsonContent(schema: unknown): Json {
  return { 'application/json': { schema } };
}

/** The schema with its named parts moved to the components. */
function toSchema(schema: z.core.$ZodType, io: 'input' | 'output', schemas: Json): unknown {
  const { $schema: _, $defs, ...rest } = z.toJSONSchema(schema, { io });
  for (const [name, definition] of Object.entries($defs ?? {})) schemas[name] ??= movePointers(definition);
  return nameItself(movePointers(rest), schemas);
}

/** A named schema at the top comes inline with its `id`; it belongs to the components too. */
function nameItself(schema: unknown, schemas: Json): unknown {
  if (typeof schema !== 'object' || schema === null || !('id' in schema) || typeof schema.id !== 'string') return schema;
  const { id, ...rest } = schema;
  schemas[id] ??= rest;
  return { $ref: `#/components/schemas/${id}` };
}

function movePointers(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value).replaceAll('"#/$defs/', '"#/components/schemas/'));
}
