/** The configuration file and the settings of the instance. */

import * as z from 'zod';
import { ConfigChange, ConfigDocument, ConfigValidation, InstanceSettings, Theme } from '../config.ts';
import { defineEndpoint } from '../endpoint.ts';

const empty = z.strictObject({});

export const getConfig = defineEndpoint({
  name: 'getConfig',
  method: 'GET',
  path: '/config',
  summary: 'Effective values, where each comes from, and what is wrong with the file.',
  tag: 'config',
  access: 'token',
  query: empty,
  responses: { 200: ConfigDocument },
});

export const updateConfig = defineEndpoint({
  name: 'updateConfig',
  method: 'PATCH',
  path: '/config',
  summary: 'Sets and unsets keys; an invalid result changes nothing.',
  tag: 'config',
  access: 'token',
  query: empty,
  body: z.strictObject({ set: z.record(z.string(), z.unknown()).optional(), unset: z.array(z.string()).optional() }),
  responses: { 200: ConfigChange },
});

export const getRawConfig = defineEndpoint({
  name: 'getRawConfig',
  method: 'GET',
  path: '/config/raw',
  summary: 'The file itself, literal credentials as `***`; `ETag` is its revision.',
  tag: 'config',
  access: 'token',
  query: empty,
  produces: 'application/toml',
  responses: { 200: null },
});

export const putRawConfig = defineEndpoint({
  name: 'putRawConfig',
  method: 'PUT',
  path: '/config/raw',
  summary: 'Replaces the file; `If-Match` is required and `***` keeps the stored value.',
  tag: 'config',
  access: 'token',
  query: empty,
  upload: 'application/toml',
  responses: { 200: ConfigChange },
});

export const validateConfig = defineEndpoint({
  name: 'validateConfig',
  method: 'POST',
  path: '/config/validate',
  summary: 'Checks a text without storing it.',
  tag: 'config',
  access: 'token',
  query: empty,
  body: z.strictObject({ toml: z.string() }),
  responses: { 200: ConfigValidation },
});

export const getConfigSchema = defineEndpoint({
  name: 'getConfigSchema',
  method: 'GET',
  path: '/config/schema',
  summary: 'JSON Schema 2020-12 of the key tree.',
  tag: 'config',
  access: 'token',
  query: empty,
  responses: { 200: z.record(z.string(), z.unknown()) },
});

export const getSettings = defineEndpoint({
  name: 'getSettings',
  method: 'GET',
  path: '/settings',
  summary: 'Settings of the instance that change without touching the configuration file.',
  tag: 'config',
  access: 'token',
  query: empty,
  responses: { 200: InstanceSettings },
});

export const updateSettings = defineEndpoint({
  name: 'updateSettings',
  method: 'PATCH',
  path: '/settings',
  summary: 'Changes the named settings.',
  tag: 'config',
  access: 'token',
  query: empty,
  body: z.strictObject({
    paused: z.boolean().optional(),
    default_agent: z.string().optional(),
    ui: z.strictObject({ theme: Theme.optional() }).optional(),
  }),
  responses: { 200: InstanceSettings },
});
