/** Health, status, sessions and the life of the process. */

import * as z from 'zod';
import { Timestamp } from '../common.ts';
import { defineEndpoint } from '../endpoint.ts';
import { Health, IdleReport, Readiness, Session, Status } from '../status.ts';

const empty = z.strictObject({});
const stopBody = z.strictObject({ timeout_secs: z.int().min(0).max(3600).optional() });

export const getHealth = defineEndpoint({
  name: 'getHealth',
  method: 'GET',
  path: '/health',
  summary: 'Answers as long as the process lives.',
  tag: 'system',
  access: 'open',
  query: empty,
  responses: { 200: Health },
});

export const getReadiness = defineEndpoint({
  name: 'getReadiness',
  method: 'GET',
  path: '/health/ready',
  summary: 'Whether messages are taken in and answered; 503 with the state when not.',
  tag: 'system',
  access: 'open',
  query: empty,
  responses: { 200: Readiness },
});

export const getStatus = defineEndpoint({
  name: 'getStatus',
  method: 'GET',
  path: '/status',
  summary: 'State of the instance, its agents, adapters, queues and configuration.',
  tag: 'system',
  access: 'token',
  query: empty,
  responses: { 200: Status },
});

export const createSession = defineEndpoint({
  name: 'createSession',
  method: 'POST',
  path: '/auth/session',
  summary: 'Trades the token for a session cookie.',
  tag: 'auth',
  access: 'open',
  query: empty,
  body: z.strictObject({ token: z.string().min(1).max(1024) }),
  responses: { 200: z.object({ expires_at: Timestamp }) },
});

export const getSession = defineEndpoint({
  name: 'getSession',
  method: 'GET',
  path: '/auth/session',
  summary: 'How this caller is signed in.',
  tag: 'auth',
  access: 'token',
  query: empty,
  responses: { 200: Session },
});

export const deleteSession = defineEndpoint({
  name: 'deleteSession',
  method: 'DELETE',
  path: '/auth/session',
  summary: 'Signs out and ends the streams of this session.',
  tag: 'auth',
  access: 'token',
  query: empty,
  responses: { 204: null },
});

export const rotateToken = defineEndpoint({
  name: 'rotateToken',
  method: 'POST',
  path: '/auth/token/rotate',
  summary: 'Makes a new API token; the old one and every session end.',
  tag: 'auth',
  access: 'token',
  query: empty,
  body: empty,
  responses: { 200: z.object({ token: z.string() }) },
});

export const stopSystem = defineEndpoint({
  name: 'stopSystem',
  method: 'POST',
  path: '/system/stop',
  summary: 'Stops gracefully; running turns get `timeout_secs`.',
  tag: 'system',
  access: 'token',
  query: empty,
  body: stopBody,
  responses: { 202: z.object({}) },
});

export const restartSystem = defineEndpoint({
  name: 'restartSystem',
  method: 'POST',
  path: '/system/restart',
  summary: 'Stops gracefully and starts again.',
  tag: 'system',
  access: 'token',
  query: empty,
  body: stopBody,
  responses: { 202: z.object({}) },
});

export const getIdle = defineEndpoint({
  name: 'getIdle',
  method: 'GET',
  path: '/system/idle',
  summary: 'Whether anything is running or waiting.',
  tag: 'system',
  access: 'token',
  query: empty,
  responses: { 200: IdleReport },
});

export const getOpenapi = defineEndpoint({
  name: 'getOpenapi',
  method: 'GET',
  path: '/openapi.json',
  summary: 'This API as an OpenAPI 3.1 document.',
  tag: 'system',
  access: 'open',
  query: empty,
  responses: { 200: z.record(z.string(), z.unknown()) },
});
