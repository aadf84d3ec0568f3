/** An API over ports that live in memory, with a clock in the test's hands; imported by tests alone. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Agent } from '@spacebot/protocol/agents';
import type { Channel } from '@spacebot/protocol/channels';
import type { EventData, EventType, SpacebotEvent } from '@spacebot/protocol/events';
import type { Message, Usage } from '@spacebot/protocol/messages';
import type { ApiServices, ApiSettings, EventFilter, EventsPort, PortalMessage, SessionRecord, StoredAnswer } from '../app/api-services.ts';
import { toIso } from '../core/clock.ts';
import { ConflictError, NotFoundError } from '../core/errors.ts';
import { createIdGenerator } from '../core/ids.ts';
import { silentLogger } from '../core/logger.ts';
import { openApiTokenFile } from '../security/api-token.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { type ApiServer, type ApiServerOptions, createApiServer } from './create-api-server.ts';
import { ALREADY_SENT, type Connection } from './exchange.ts';
import { renderAnswer } from './respond.ts';

const START = Date.UTC(2026, 2, 1, 9, 30);

const DEFAULT_SETTINGS: ApiSettings = {
  auth: 'token',
  authToken: null,
  sessionTtlSecs: 3600,
  allowedHosts: [],
  allowedOrigins: [],
  trustedProxies: [],
  rateLimit: { requestsPerMinute: 600, burst: 120 },
  ui: true,
};

export const NO_USAGE: Usage = {
  input_tokens: 0,
  output_tokens: 0,
  cache_read_tokens: 0,
  cache_write_tokens: 0,
  reasoning_tokens: 0,
  requests: 0,
  cost_usd: 0,
  cost_status: 'priced',
};

function makeAgent(id: string): Agent {
  return {
    id,
    display_name: id,
    role: '',
    default: id === 'main',
    state: 'ready',
    paused: false,
    pause_reason: null,
    workspace: `agents/${id}/workspace`,
    created_at: toIso(START),
    routing: {},
    autonomy_level: 'supervised',
    counts: { conversations: 0, memories: 0, cron_jobs: 0, skills: 0 },
    revision: `${id}-1`,
  };
}

function makeChannel(agentId: string, id: string): Channel {
  return {
    agent_id: agentId,
    id,
    platform: 'portal',
    adapter: 'portal',
    display_name: id,
    place: { server_name: null, channel_name: null, is_direct: true },
    parent_id: null,
    state: 'active',
    settings: { model: null, memory: null, delegation: null, response_mode: null, save_attachments: null },
    message_count: 0,
    last_message: null,
    active: { turn_id: null, workers: 0, branches: 0 },
    created_at: toIso(START),
    last_activity_at: toIso(START),
    revision: 1,
  };
}

export function makeMessage(id: string, content: string, role: Message['role'] = 'user'): Message {
  return {
    id,
    agent_id: 'main',
    conversation_id: 'portal:chat:main:cli',
    seq: 1,
    role,
    author: null,
    content,
    attachments: [],
    platform_message_id: null,
    reply_to_id: null,
    turn_id: null,
    delivery: 'none',
    edited_at: null,
    deleted_at: null,
    metadata: {},
    created_at: toIso(START),
  };
}

export interface EventPlace {
  readonly agentId?: string;
  readonly conversationId?: string;
  readonly turnId?: string;
  readonly ephemeral?: boolean;
}

/** The event log: durable events are kept, every event goes to whoever listens. */
export class MemoryEvents implements EventsPort {
  readonly log: SpacebotEvent[] = [];
  readonly #listeners = new Set<(event: SpacebotEvent) => void>();
  #nextId = 1;
  /** Run before each read of the log, so that a test can let something happen in the middle of a replay. */
  beforeRead: () => void = () => {};

  emit<Type extends EventType>(type: Type, data: EventData<Type>, place: EventPlace = {}): SpacebotEvent {
    const event = {
      id: place.ephemeral === true ? null : this.#nextId++,
      type,
      at: toIso(START),
      agent_id: place.agentId ?? 'main',
      conversation_id: place.conversationId ?? null,
      turn_id: place.turnId ?? null,
      data,
    } as SpacebotEvent;
    if (event.id !== null) this.log.push(event);
    for (const listener of [...this.#listeners]) listener(event);
    return event;
  }

  get listenerCount(): number {
    return this.#listeners.size;
  }

  async bounds() {
    return { oldestId: this.log[0]?.id ?? null, latestId: this.log.at(-1)?.id ?? null };
  }

  async read(after: number, filter: EventFilter, limit: number) {
    this.beforeRead();
    return this.log
      .filter((event) => (event.id ?? 0) > after)
      .filter(({ agent_id }) => filter.agentId === undefined || agent_id === filter.agentId)
      .filter(({ conversation_id }) => filter.conversationId === undefined || conversation_id === filter.conversationId)
      .filter(({ turn_id }) => filter.turnId === undefined || turn_id === filter.turnId)
      .filter(({ type }) => filter.types === undefined || filter.types.has(type))
      .slice(0, limit);
  }

  subscribe(listener: (event: SpacebotEvent) => void) {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}

export interface SentMessage extends PortalMessage {
  readonly turnId: string;
}

export interface ApiWorld {
  readonly clock: ManualClock;
  readonly events: MemoryEvents;
  readonly server: ApiServer;
  readonly folder: string;
  readonly token: () => string;
  settings: ApiSettings;
  readonly agents: Map<string, Agent>;
  readonly stops: { restart: boolean; timeoutMs: number | undefined }[];
  readonly sent: SentMessage[];
  readonly uploads: { filename: string; mimeType: string; content: string }[];
  /** What portal.send throws, or does after it stored the message. */
  onSend: (message: SentMessage) => void;
  /** Ends the turn that waiting callers wait for. */
  endTurn(turnId: string): void;
  /** Calls without a network, as somebody on loopback with the token unless said otherwise. */
  call(path: string, init?: RequestInit & { connection?: Partial<Connection>; anonymous?: boolean }): Promise<Response>;
  close(): Promise<void>;
}

export function createApiWorld(options: Partial<ApiServerOptions> = {}): ApiWorld {
  const folder = mkdtempSync(join(tmpdir(), 'spacebot-api-'));
  const clock = new ManualClock(START);
  const token = openApiTokenFile(join(folder, 'data', 'api.token'));
  const state = { settings: DEFAULT_SETTINGS, onSend: (_message: SentMessage): void => {} };
  const events = new MemoryEvents();
  const agents = new Map([['main', makeAgent('main')]]);
  const stops: ApiWorld['stops'] = [];
  const sent: SentMessage[] = [];
  const uploads: ApiWorld['uploads'] = [];
  const turns = new Map<string, () => void>();
  const services: ApiServices = {
    clock,
    newId: createIdGenerator(clock),
    log: silentLogger,
    version: '0.1.0',
    settings: () => state.settings,
    token,
    ...memoryStores(),
    system: fakeSystem(stops),
    agents: fakeAgents(agents),
    channels: fakeChannels(agents),
    portal: fakePortal({ agents, sent, uploads, turns, onSend: (message) => state.onSend(message) }),
    deliveries: {
      list: async () => ({ items: [], next: null }),
      get: async () => Promise.reject(new NotFoundError('delivery_not_found', 'No.')),
    },
    config: fakeConfig(),
    events,
    metrics: { collect: async () => [{ name: 'uptime_seconds', help: 'Uptime.', type: 'gauge', samples: [{ labels: {}, value: 5 }] }] },
  };
  const server = createApiServer(services, {
    tcp: { port: 0, bind: '127.0.0.1' },
    socketPath: join(folder, 'spacebot.sock'),
    metrics: null,
    pageRoot: join(folder, 'web'),
    closeGraceMs: 200,
    ...options,
  });
  return {
    clock,
    events,
    server,
    folder,
    agents,
    stops,
    sent,
    uploads,
    token: () => token.load().token,
    get settings() {
      return state.settings;
    },
    set settings(settings) {
      state.settings = settings;
    },
    get onSend() {
      return state.onSend;
    },
    set onSend(act) {
      state.onSend = act;
    },
    endTurn: (turnId) => turns.get(turnId)?.(),
    call(path, { connection, anonymous, ...init } = {}) {
      const headers = new Headers(init.headers);
      if (anonymous !== true && !headers.has('authorization')) headers.set('authorization', `Bearer ${token.load().token}`);
      const url = `http://localhost:19898${path}`;
      return answerDetached(server, new Request(url, { ...init, headers }), {
        transport: 'tcp',
        address: '127.0.0.1',
        host: 'localhost:19898',
        ...connection,
      });
    },
    async close() {
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The application without a network: a request in, a response out. */
async function answerDetached(server: ApiServer, request: Request, connection: Connection): Promise<Response> {
  const { exchange, result } = await server.answer({
    connection,
    method: request.method,
    target: request.url.slice(request.url.indexOf('/', 'https://'.length)),
    header: (name) => request.headers.get(name) ?? undefined,
    detachedBody: request.body,
  });
  if (result === ALREADY_SENT) throw new Error('a detached answer is never sent by its handler');
  const { status, headers, payload } = renderAnswer(exchange, result);
  const isPlain = payload === null || typeof payload === 'string' || payload instanceof Uint8Array;
  return new Response(isPlain ? payload : ReadableStream.from(payload), { status, headers });
}

function memoryStores(): Pick<ApiServices, 'sessions' | 'idempotency'> {
  const sessions = new Map<string, SessionRecord>();
  const answers = new Map<string, StoredAnswer>();
  return {
    sessions: {
      create: async (session) => void sessions.set(session.id, session),
      find: (id) => sessions.get(id),
      delete: async (id) => void sessions.delete(id),
      deleteAll: async () => sessions.clear(),
    },
    idempotency: {
      find: async (scope) => answers.get(scope),
      save: async (scope, answer) => void answers.set(scope, answer),
    },
  };
}

function fakeSystem(stops: ApiWorld['stops']): ApiServices['system'] {
  return {
    readiness: () => 'setup',
    status: () => Promise.reject(new Error('the database burst at /home/secret')),
    idle: async () => ({ idle: true, active_turns: 0, active_workers: 0, active_branches: 0, queued_messages: 0, next_cron_at: null }),
    requestStop: (stop) => void stops.push(stop),
  };
}

function need(agents: Map<string, Agent>, id: string): Agent {
  const agent = agents.get(id);
  if (agent === undefined) throw new NotFoundError('agent_not_found', `There is no agent "${id}".`);
  return agent;
}

function fakeAgents(agents: Map<string, Agent>): ApiServices['agents'] {
  const unused = () => Promise.reject(new Error('not in this test'));
  return {
    async list({ limit, after }) {
      const all = [...agents.values()].filter(({ id }) => after === null || id > String(after[0]));
      const items = all.slice(0, limit);
      return { items, next: all.length > limit ? [items.at(-1)?.id ?? ''] : null };
    },
    get: async (id) => need(agents, id),
    async create({ id }) {
      if (agents.has(id)) throw new ConflictError('agent_exists', `There is an agent "${id}" already.`);
      agents.set(id, makeAgent(id));
      return need(agents, id);
    },
    async update(id, change, expected) {
      const agent = need(agents, id);
      if (expected !== undefined && expected !== agent.revision) {
        throw new ConflictError('revision_conflict', 'It changed.', { details: { expected, current: agent.revision } });
      }
      agents.set(id, { ...agent, display_name: change.display_name ?? agent.display_name });
      return need(agents, id);
    },
    delete: async (id) => void agents.delete(need(agents, id).id),
    pause: async (id) => need(agents, id),
    resume: async (id) => need(agents, id),
    identity: unused,
    writeIdentity: async (_id, part, content) => ({ name: `${part}.md`, content, exists: true, updated_at: null, revision: 'r' }),
    settings: unused,
    updateSettings: unused,
  };
}

function fakeChannels(agents: Map<string, Agent>): ApiServices['channels'] {
  const unused = () => Promise.reject(new Error('not in this test'));
  return {
    list: async () => ({ items: [], next: null }),
    get: async (agentId, id) => makeChannel(need(agents, agentId).id, id),
    update: unused,
    delete: async () => {},
    setArchived: unused,
    reset: unused,
    messages: async () => ({ items: [], next: null }),
    deleteMessage: async () => {},
    sendAsOperator: unused,
    timeline: async () => ({ items: [], next: null }),
    cancel: async () => ({ turn: false, workers: 0, branches: 0 }),
    async attachment() {
      async function* content() {
        yield Buffer.from('hello');
      }
      return { filename: 'grüße "1".txt', mimeType: 'text/html', size: 5, content: content() };
    },
  };
}

interface PortalParts extends Pick<ApiWorld, 'agents' | 'sent' | 'uploads'> {
  readonly turns: Map<string, () => void>;
  readonly onSend: (message: SentMessage) => void;
}

function fakePortal({ agents, sent, uploads, turns, onSend }: PortalParts): ApiServices['portal'] {
  return {
    list: async () => ({ items: [], next: null }),
    create: async (agentId, { id }) => makeChannel(need(agents, agentId).id, `portal:chat:${agentId}:${id ?? 'new'}`),
    get: async (agentId, id) => makeChannel(need(agents, agentId).id, `portal:chat:${agentId}:${id}`),
    update: async (agentId, id) => makeChannel(need(agents, agentId).id, `portal:chat:${agentId}:${id}`),
    delete: async () => {},
    async addAttachment(_agentId, _sessionId, { filename, mimeType, content }) {
      const chunks: Uint8Array[] = [];
      for await (const chunk of content) chunks.push(chunk);
      uploads.push({ filename, mimeType, content: Buffer.concat(chunks).toString() });
      return { id: `a${uploads.length}`, filename, mime_type: mimeType, size: 1, sha256: '', url: '/api/agents/main/attachments/a1' };
    },
    async send(agentId, sessionId, message) {
      need(agents, agentId);
      const earlier = message.key === null ? undefined : sent.find(({ key }) => key === message.key);
      const entry = earlier ?? { ...message, turnId: `t${sent.length + 1}` };
      if (earlier === undefined) {
        onSend(entry);
        sent.push(entry);
      }
      const stored = makeMessage(`m-${entry.turnId}`, entry.content);
      return {
        message: stored,
        turnId: entry.turnId,
        conversationId: `portal:chat:${agentId}:${sessionId}`,
        duplicate: earlier !== undefined,
      };
    },
    waitTurn: (_agentId, turnId, signal) =>
      new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
        const answer = makeMessage('reply', 'hi', 'assistant');
        turns.set(turnId, () => resolve({ state: 'completed', messages: [answer], usage: NO_USAGE, error: null }));
      }),
    cancel: async () => ({ cancelled: false }),
  };
}

function fakeConfig(): ApiServices['config'] {
  const change = { revision: 'r2', changed: [], restart_required: [], issues: [] };
  return {
    document: async () => ({ revision: 'r1', path: 'config.toml', values: {}, sources: {}, issues: [], restart_required: [] }),
    update: async () => change,
    raw: async () => ({ toml: 'a = 1\n', revision: 'r1' }),
    async writeRaw(_toml, expected) {
      if (expected !== 'r1') throw new ConflictError('revision_conflict', 'It changed.', { details: { expected, current: 'r1' } });
      return change;
    },
    validate: async () => ({ valid: true, issues: [] }),
    schema: () => ({ type: 'object' }),
    settings: async () => ({ paused: false, default_agent: 'main', ui: { theme: 'system' } }),
    updateSettings: async () => ({ paused: false, default_agent: 'main', ui: { theme: 'system' } }),
  };
}
