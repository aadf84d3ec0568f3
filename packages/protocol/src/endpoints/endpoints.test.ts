/** The rules that every listed endpoint keeps. */

import { expect, test } from 'vitest';
import * as z from 'zod';
import { EVENT_TYPES, isEphemeral } from '../event-types.ts';
import { eventPayloads } from '../events.ts';
import { endpoints } from './index.ts';
import { sendPortalMessage } from './portal.ts';

test('names are unique and so is each method with its path', () => {
  expect(new Set(endpoints.map((endpoint) => endpoint.name)).size).toBe(endpoints.length);
  expect(new Set(endpoints.map((endpoint) => `${endpoint.method} ${endpoint.path}`)).size).toBe(endpoints.length);
});

test('every schema can be written as JSON Schema [API-5]', () => {
  for (const endpoint of endpoints) {
    expect(() => z.toJSONSchema(endpoint.query)).not.toThrow();
    for (const schema of Object.values(endpoint.responses)) {
      if (schema !== null) expect(() => z.toJSONSchema(schema)).not.toThrow();
    }
  }
});

test('unknown parameters and unknown fields are refused', () => {
  for (const endpoint of endpoints) expect(endpoint.query.safeParse({ surprise: '1' }).success).toBe(false);
  expect(sendPortalMessage.body.safeParse({ content: 'x', surprise: 1 }).success).toBe(false);
});

test('every event has a payload schema, and deltas, typing and stream notices are ephemeral', () => {
  expect([...EVENT_TYPES].sort()).toEqual(Object.keys(eventPayloads).sort());
  expect(EVENT_TYPES.filter(isEphemeral).sort()).toEqual([
    'lagged',
    'outbound_message_delta',
    'reasoning_delta',
    'resync',
    'server_stopping',
    'tool_output',
    'typing_state',
  ]);
});
