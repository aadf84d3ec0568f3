import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadConfig } from '../config/load.ts';
import type { ConfigSnapshot, Environment } from '../config/snapshot.ts';
import { type Clock, systemClock } from '../core/clock.ts';
import { CancelledError } from '../core/errors.ts';
import type { Attempt, AttemptLedger, AttemptOutcome } from '../core/llm.ts';
import { silentLogger } from '../core/logger.ts';
import { fault, garbage, hangUp, type ModelStep, reply, script, silence, text, toolCalls } from '../testing/scripted-model/script.ts';
import { type ScriptedModel, startScriptedModel } from '../testing/scripted-model/server.ts';
import { collect, createModelGateway, type GatewayEvent, type GatewayRequest, type ModelGateway } from './model-gateway.ts';
import { createProviderDirectory } from './providers/index.ts';
import { createTransport, type Transport } from './transport.ts';

/** Waits end at once and are remembered; the time only moves by `advance`. */
class EagerClock implements Clock {
  time = 1_000_000;
  readonly waits: number[] = [];

  now(): number {
    return this.time;
  }

  schedule(delayMs: number, callback: () => void): () => void {
    this.waits.push(delayMs);
    queueMicrotask(callback);
    return () => {};
  }

  advance(milliseconds: number): void {
    this.time += milliseconds;
  }
}

interface LedgerLine {
  readonly failed: Attempt;
  readonly outcome: AttemptOutcome;
  readonly next: Attempt;
}

let model: ScriptedModel;
let spare: ScriptedModel;
let transport: Transport;
let clock: EagerClock;
let ledger: AttemptLedger & { readonly lines: LedgerLine[] };

beforeEach(async () => {
  model = await startScriptedModel();
  spare = await startScriptedModel();
  transport = createTransport(systemClock);
  clock = new EagerClock();
  const lines: LedgerLine[] = [];
  ledger = {
    lines,
    async retry(failed, outcome, next) {
      lines.push({ failed, outcome, next });
    },
  };
});

afterEach(async () => {
  transport.close();
  await model.close();
  await spare.close();
});

function snapshotOf(toml: string, environment: Environment = {}): ConfigSnapshot {
  const { loaded, issues } = loadConfig({
    text: toml,
    path: '/tmp/config.toml',
    instanceDir: '/tmp',
    fileName: 'config.toml',
    environment,
    secrets: { get: () => undefined },
    now: 0,
    version: 1,
    running: null,
  });
  if (loaded === null) throw new Error(JSON.stringify(issues));
  return loaded.snapshot;
}

const API_TYPES = ['openai_completions', 'openai_chat_completions', 'anthropic'] as const;

function twoProviders(apiType: string): string {
  const provider = (id: string, url: string) =>
    `[llm.provider.${id}]\napi_type = "${apiType}"\nbase_url = "${url}"\napi_key = "key-of-${id}"\nfirst_byte_timeout_secs = 1\nidle_timeout_secs = 1\n`;
  return provider('main', model.url) + provider('spare', spare.url);
}

function gatewayFor(config: () => ConfigSnapshot, demo = false): ModelGateway {
  const directory = createProviderDirectory({ config, transport, clock: systemClock, demo });
  return createModelGateway({ directory, clock, random: () => 0, log: silentLogger });
}

const request: GatewayRequest = {
  system: [{ name: 'static', text: 'You are kind.' }],
  messages: [{ role: 'user', content: [{ type: 'text', text: 'hello' }] }],
  tools: [{ name: 'reply', description: 'Answers.', inputSchema: { type: 'object', properties: { content: { type: 'string' } } } }],
  maxOutputTokens: 200,
};

const never = new AbortController().signal;
const route = { model: 'main/m1', fallbacks: {}, cooldownMs: 60_000 };
const withFallback = { ...route, fallbacks: { 'main/m1': ['spare/m2'] } };

async function run(gateway: ModelGateway, wanted: typeof withFallback | typeof route = route): Promise<GatewayEvent[]> {
  const events: GatewayEvent[] = [];
  for await (const event of gateway.stream(gateway.plan(wanted), request, ledger, never)) events.push(event);
  return events;
}

const answerOf = (events: readonly GatewayEvent[]) => {
  const last = events.at(-1);
  return last?.type === 'finish' ? last.response.content : null;
};

describe.each(API_TYPES)('over %s', (apiType) => {
  let gateway: ModelGateway;
  beforeEach(() => {
    const snapshot = snapshotOf(twoProviders(apiType));
    gateway = gatewayFor(() => snapshot);
  });

  test('text, reasoning, tool calls and usage arrive, and the request says who asks', async () => {
    model.use(
      script(
        toolCalls(
          [
            { name: 'look', arguments: { q: 'ü' } },
            { name: 'reply', arguments: { content: 'hi' } },
          ],
          { text: 'A moment.', reasoning: 'Let me see.' },
        ),
      ),
    );
    const events = await run(gateway);
    expect(events[0]).toEqual({ type: 'attempt', attempt: { number: 1, provider: 'main', model: 'm1' } });
    expect(answerOf(events)).toMatchObject([
      { type: 'reasoning', text: 'Let me see.' },
      { type: 'text', text: 'A moment.' },
      { type: 'tool-call', name: 'look', arguments: { q: 'ü' } },
      { type: 'tool-call', name: 'reply', arguments: { content: 'hi' } },
    ]);
    expect(events.at(-1)).toMatchObject({
      response: { finishReason: 'tool-calls', usage: { inputTokens: 100, outputTokens: 10 }, requestId: 'req_1' },
    });
    expect(model.requests[0]).toMatchObject({ system: 'You are kind.', lastUserText: 'hello', toolNames: ['reply'], model: 'm1' });
    expect(model.requests[0]?.headers).toMatchObject(
      apiType === 'anthropic' ? { 'x-api-key': 'key-of-main' } : { authorization: 'Bearer key-of-main' },
    );
    expect(model.requests[0]?.headers).toMatchObject({ 'user-agent': 'spacebot' });
  });

  test('the connection is kept for the next call', async () => {
    await run(gateway);
    await run(gateway);
    expect(model.requests).toHaveLength(2);
    expect(model.connections()).toBe(1);
  });

  test('a JSON body instead of a stream is an answer', async () => {
    model.use(script(reply('hi', { asJson: true })));
    expect(answerOf(await run(gateway))).toMatchObject([{ name: 'reply', arguments: { content: 'hi' } }]);
  });

  interface FaultRow {
    readonly name: string;
    readonly step: ModelStep;
    readonly code: string;
    readonly kind: string;
    readonly attempts: number;
  }
  const FAULTS: readonly FaultRow[] = [
    {
      name: '401',
      step: fault(401, { error: { message: 'bad key key-of-main', type: 'authentication_error' } }),
      code: 'provider_unauthorized',
      kind: 'unauthorized',
      attempts: 1,
    },
    {
      name: '400',
      step: fault(400),
      code: 'provider_bad_response',
      kind: 'bad_request',
      attempts: 1,
    },
    { name: '429', step: fault(429, {}, { 'retry-after': '2' }), code: 'provider_rate_limited', kind: 'rate_limited', attempts: 3 },
    { name: '500', step: fault(500, 'oops'), code: 'provider_overloaded', kind: 'overloaded', attempts: 3 },
    { name: 'a cut stream', step: reply('one two three', { cutAfter: 2 }), code: 'provider_bad_response', kind: 'truncated', attempts: 3 },
    { name: 'a hang-up', step: hangUp, code: 'provider_unreachable', kind: 'unreachable', attempts: 3 },
    { name: 'garbage', step: garbage, code: 'provider_bad_response', kind: 'bad_response', attempts: 1 },
    {
      name: 'an endless body',
      step: { type: 'raw', status: 200, headers: {}, body: 'x'.repeat(33 * 1024 * 1024) },
      code: 'provider_bad_response',
      kind: 'bad_response',
      attempts: 1,
    },
  ];

  test.each(FAULTS)('[LLM-5, LLM-6, CH-14] $name is a typed error after $attempts attempts, in our own words', async ({
    step,
    code,
    kind,
    attempts,
  }) => {
    model.use(() => step);
    const failure = await run(gateway).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code, kind, attempt: { number: attempts, provider: 'main', model: 'm1' }, outcome: { error: code } });
    expect(failure).toHaveProperty('publicMessage', expect.stringMatching(/^The model provider "main" /));
    expect(JSON.stringify(failure)).not.toContain('key-of-main');
    expect(model.requests).toHaveLength(attempts);
    expect(ledger.lines.map(({ failed, next }) => [failed.number, next.number])).toEqual(
      [
        [1, 2],
        [2, 3],
      ].slice(0, attempts - 1),
    );
  });

  test('[LLM-11] silence ends as a timeout and is tried again', async () => {
    model.use(script(silence, reply('at last')));
    expect(answerOf(await run(gateway))).toMatchObject([{ arguments: { content: 'at last' } }]);
    expect(ledger.lines).toMatchObject([{ outcome: { error: 'provider_timeout' } }]);
  });

  test('[LLM-9] a fault before the first token is retried for collected calls as for streamed ones', async () => {
    model.use(script(fault(500), reply('hi')));
    const { response, attempt } = await collect(gateway.stream(gateway.plan(route), request, ledger, never));
    expect(attempt.number).toBe(2);
    expect(response.content).toMatchObject([{ arguments: { content: 'hi' } }]);
  });

  test('[LLM-10] text that was shown is replaced, never shown twice', async () => {
    const broken = text('one two three four', { cutAfter: 5 });
    model.use(script(broken, text('one two three four')));
    const events = await run(gateway);
    let shown = '';
    for (const event of events) {
      if (event.type === 'restart') shown = '';
      else if (event.type === 'text-delta') shown += event.text;
    }
    expect(events.filter((event) => event.type === 'restart')).toHaveLength(1);
    expect(shown).toBe('one two three four');
  });

  test('[LLM-7, LLM-8] a long Retry-After goes to the fallback at once; the primary rests and is used again afterwards', async () => {
    model.use(script(fault(429, {}, { 'retry-after': '30' })));
    const first = await run(gateway, withFallback);
    expect(first.filter((event) => event.type === 'attempt').map(({ attempt }) => attempt)).toEqual([
      { number: 1, provider: 'main', model: 'm1' },
      { number: 2, provider: 'spare', model: 'm2' },
    ]);
    expect(clock.waits).toEqual([]);
    clock.advance(59_000);
    expect(gateway.plan(withFallback).first).toEqual({ provider: 'spare', model: 'm2' });
    clock.advance(2_000);
    expect(gateway.plan(withFallback).first).toEqual({ provider: 'main', model: 'm1' });
  });

  test('[LLM-7] without a fallback a Retry-After is waited for, never less', async () => {
    model.use(script(fault(429, {}, { 'retry-after': '30' }), reply('hi')));
    await run(gateway);
    expect(clock.waits).toEqual([30_000]);
  });
});

test('[LLM-8] at most three fallbacks follow, each model with its three attempts', async () => {
  const snapshot = snapshotOf(twoProviders('openai_completions'));
  model.use(() => fault(500));
  const many = { ...route, fallbacks: { 'main/m1': ['main/m2', 'main/m3', 'main/m4', 'main/m5'] } };
  await expect(
    run(
      gatewayFor(() => snapshot),
      many,
    ),
  ).rejects.toMatchObject({ attempt: { number: 12, model: 'm4' } });
  expect(new Set(model.requests.map((seen) => seen.model))).toEqual(new Set(['m1', 'm2', 'm3', 'm4']));
});

test('usage of a failed attempt goes to the ledger', async () => {
  const snapshot = snapshotOf(twoProviders('anthropic'));
  model.use(script(reply('one two', { cutAfter: 3 }), reply('hi')));
  await run(gatewayFor(() => snapshot));
  expect(ledger.lines).toMatchObject([{ outcome: { usage: { inputTokens: 100 }, usageKnown: true, error: 'provider_bad_response' } }]);
});

test('a step that is called again after a crash goes on counting its attempts', async () => {
  const snapshot = snapshotOf(twoProviders('openai_completions'));
  const gateway = gatewayFor(() => snapshot);
  const { attempt } = await collect(gateway.stream(gateway.plan(route), request, { ...ledger, firstNumber: 4 }, never));
  expect(attempt.number).toBe(4);
});

test('[G-7] a cancelled call ends as cancelled and closes its connection, also while it waits', async () => {
  const snapshot = snapshotOf(twoProviders('openai_completions'));
  const gateway = gatewayFor(() => snapshot);
  const stop = new AbortController();
  model.use(() => silence);
  const call = collect(gateway.stream(gateway.plan(route), request, ledger, stop.signal));
  await model.waitForRequests(1);
  stop.abort();
  await expect(call).rejects.toBeInstanceOf(CancelledError);
  expect(ledger.lines).toEqual([]);
});

test('[LLM-29] a changed key acts on the next call, and a call in flight ends on the old one', async () => {
  let snapshot = snapshotOf(twoProviders('openai_completions'));
  const gateway = gatewayFor(() => snapshot);
  const planned = gateway.plan(route);
  snapshot = snapshotOf(twoProviders('openai_completions').replace('key-of-main', 'new-key'));
  await collect(gateway.stream(planned, request, ledger, never));
  await collect(gateway.stream(gateway.plan(route), request, ledger, never));
  expect(model.requests.map((seen) => seen.headers.authorization)).toEqual(['Bearer key-of-main', 'Bearer new-key']);
});

test('an empty key sends no credential, own headers are sent, and a trailing /v1 is not doubled', async () => {
  const snapshot = snapshotOf(
    `[llm.provider.local]\napi_type = "openai_completions"\nbase_url = "${model.url}/v1"\napi_key = ""\n[llm.provider.local.headers]\nX-Team = "blue"\n`,
  );
  const gateway = gatewayFor(() => snapshot);
  await collect(gateway.stream(gateway.plan({ ...route, model: 'local/m' }), request, ledger, never));
  expect(model.requests[0]).toMatchObject({ path: '/v1/chat/completions', headers: { 'x-team': 'blue' } });
  expect(model.requests[0]?.headers.authorization).toBeUndefined();
});

describe('[LLM-2] the plan', () => {
  const plan = (toml: string, wanted: string | null, environment: Environment = {}, demo = false) =>
    gatewayFor(() => snapshotOf(toml, environment), demo).plan({ ...route, model: wanted }).first;
  const key = { ANTHROPIC_API_KEY: 'a-key' };

  test('takes the first configured provider when no model is named', () => {
    expect(plan('', null, key).provider).toBe('anthropic');
    expect(plan('', null, { OPENAI_API_KEY: 'o-key' }).provider).toBe('openai');
    expect(plan('', null, { OLLAMA_BASE_URL: 'http://127.0.0.1:11434' }).provider).toBe('ollama');
    expect(plan('', null, { ANTHROPIC_AUTH_TOKEN: 't' }).provider).toBe('anthropic');
  });

  test('splits a model string at its first slash, and means anthropic without one', () => {
    expect(plan('', 'claude-x', key)).toEqual({ provider: 'anthropic', model: 'claude-x' });
    expect(plan(twoProviders('anthropic'), 'main/a/b')).toEqual({ provider: 'main', model: 'a/b' });
  });

  test('says that setup is required while no provider has a key', () => {
    expect(() => plan('', null)).toThrow(expect.objectContaining({ code: 'setup_required' }));
    expect(() => plan('', 'openai/gpt', key)).toThrow(
      expect.objectContaining({ code: 'setup_required', publicMessage: expect.stringContaining('"openai"') }),
    );
  });

  test('names close matches for an unknown provider', () => {
    expect(() => plan('', 'antropic/claude', key)).toThrow(
      expect.objectContaining({ code: 'model_unavailable', details: { suggestions: ['anthropic/claude'] } }),
    );
  });

  test('says so when it does not speak the api_type of a provider', () => {
    const toml = '[llm.provider.g]\napi_type = "gemini"\nbase_url = "https://g.test"\napi_key = "k"\n';
    expect(() => plan(toml, 'g/x', key)).toThrow(
      expect.objectContaining({ code: 'model_unavailable', publicMessage: expect.stringContaining('api_type') }),
    );
  });

  test('uses a fallback when the primary has no key', () => {
    const gateway = gatewayFor(() => snapshotOf('', key));
    expect(gateway.plan({ model: 'openai/x', fallbacks: { 'openai/x': ['anthropic/y'] }, cooldownMs: 1 }).first).toEqual({
      provider: 'anthropic',
      model: 'y',
    });
  });

  test('never takes the demo model unless it was asked for', () => {
    expect(() => plan('', 'demo/echo')).toThrow(
      expect.objectContaining({ code: 'setup_required', publicMessage: expect.stringContaining('--demo') }),
    );
    expect(plan('', null, {}, true)).toEqual({ provider: 'demo', model: 'echo' });
    expect(plan('', null, key, true)).toEqual({ provider: 'demo', model: 'echo' });
  });

  test('takes the demo model in every slot of a demo run, but what a conversation chose itself', () => {
    expect(plan('', 'anthropic/claude-x', key, true)).toEqual({ provider: 'demo', model: 'echo' });
    const gateway = gatewayFor(() => snapshotOf('', key), true);
    expect(gateway.plan({ ...route, model: 'anthropic/claude-x', isOwnChoice: true }).first.provider).toBe('anthropic');
  });
});

test('a token from ANTHROPIC_AUTH_TOKEN is sent as a bearer token to ANTHROPIC_BASE_URL', async () => {
  const snapshot = snapshotOf('', { ANTHROPIC_AUTH_TOKEN: 'tok-1', ANTHROPIC_BASE_URL: model.url });
  const gateway = gatewayFor(() => snapshot);
  await collect(gateway.stream(gateway.plan({ ...route, model: 'claude-x' }), request, ledger, never));
  expect(model.requests[0]).toMatchObject({ dialect: 'anthropic', headers: { authorization: 'Bearer tok-1' } });
  expect(model.requests[0]?.headers['x-api-key']).toBeUndefined();
});
