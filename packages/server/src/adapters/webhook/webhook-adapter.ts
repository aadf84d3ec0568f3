/** One webhook listener: lets requests in, keeps replies for those who fetch them, and forgets them after their time. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AppError, ConfigError, InputError, NotFoundError } from '../../core/errors.ts';
import { type AdapterKey, createIdGenerator, type NewId } from '../../core/ids.ts';
import type { DeliveryReceipt, DeliveryRequest } from '../../core/messages.ts';
import type { AdapterCapabilities, AdapterHost, MessagingAdapter } from '../../core/messaging-adapter.ts';
import { supervise } from '../../core/supervise.ts';
import { parseConversation } from './conversation.ts';
import { checkCaller, checkSignature } from './credentials.ts';
import { invalidRequest, parseJson, readBody, requestIdOf, sendError, sendJson } from './http-exchange.ts';
import { parsePoll } from './poll-request.ts';
import { replyBody } from './reply-body.ts';
import { ReplyWaiters } from './reply-waiters.ts';
import { guardRequest } from './request-guard.ts';
import { parseSend } from './send-request.ts';
import type { WebhookServices, WebhookSettings } from './settings.ts';
import { answerPoll, answerSend, type RouteAnswer, type RouteContext } from './webhook-routes.ts';

const PRUNE_EVERY_MS = 10 * 60 * 1000;
const HOUR_MS = 60 * 60 * 1000;
/** How long open requests may finish once the adapter is told to stop. */
const CLOSE_GRACE_MS = 2_000;

export class WebhookAdapter implements MessagingAdapter {
  readonly capabilities: AdapterCapabilities = {
    edit: false,
    typing: false,
    reactions: true,
    threads: false,
    filesIn: true,
    filesOut: false,
    buttons: false,
    history: false,
    text: null,
    reconcile: 'key',
  };
  readonly #settings: WebhookSettings;
  readonly #services: WebhookServices;
  readonly #context: RouteContext;
  readonly #newId: NewId;
  /** One per request under way: aborted when its caller leaves or the listener closes. */
  readonly #open = new Set<AbortController>();
  #isClosing = false;
  #url = '';

  constructor(key: AdapterKey, settings: WebhookSettings, host: AdapterHost, services: WebhookServices) {
    this.#settings = settings;
    this.#services = services;
    this.#context = { key, host, replies: services.replies, waiters: new ReplyWaiters(host.clock) };
    this.#newId = createIdGenerator(host.clock);
  }

  /** Where the listener can be reached; empty before it is. */
  get url(): string {
    return this.#url;
  }

  async run(signal: AbortSignal): Promise<void> {
    const server = createServer((request, response) => {
      supervise(this.#context.host.log, 'webhook request', this.#handle(request, response));
    });
    server.keepAliveTimeout = 65_000;
    const failed = failureOf(server, this.#settings);
    await Promise.race([listen(server, this.#settings), failed]);
    this.#url = urlOf(server);
    this.#context.host.log.info(`the webhook listens on ${this.#url}`);
    this.#context.host.reportState('connected');
    const cancelPruning = this.#prunePeriodically();
    try {
      await Promise.race([aborted(signal), failed]);
    } finally {
      cancelPruning();
      this.#isClosing = true;
      for (const gone of this.#open) gone.abort();
      await close(server, this.#context.host);
    }
  }

  /** The unique key makes a repeat harmless: it finds the reply that is there. */
  async deliver(request: DeliveryRequest): Promise<DeliveryReceipt> {
    const { adapterKey, conversationId } = request.address;
    const { agentId } = request.part;
    await this.#services.replies.store({ adapterKey, conversationId, key: request.key, agentId, body: replyBody(request.part) });
    this.#context.waiters.wake(conversationId);
    return { platformMessageId: null };
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = requestIdOf(request, this.#newId);
    const gone = new AbortController();
    this.#open.add(gone);
    response.once('close', () => gone.abort());
    try {
      const answer = await this.#answer(request, gone.signal);
      sendJson(response, answer.status, answer.body, { 'X-Request-Id': requestId, ...this.#lastWords() });
    } catch (error) {
      if (!response.destroyed) this.#logFailure(error, requestId);
      sendError(response, error, requestId, this.#lastWords());
    } finally {
      this.#open.delete(gone);
    }
  }

  /** A listener that closes keeps no connection. */
  #lastWords(): Record<string, string> {
    return this.#isClosing ? { Connection: 'close' } : {};
  }

  async #answer(request: IncomingMessage, signal: AbortSignal): Promise<RouteAnswer> {
    guardRequest(request, this.#services.trustedNames());
    const [path = '', query = ''] = splitOnce(request.url ?? '');
    if (path === '/health') return this.#health(request);
    const pending = checkCaller(request, this.#settings, this.#context.host.clock.now());
    const body = await readBody(request);
    const secret = this.#settings.hmac_secret;
    const signature = pending && secret !== undefined ? checkSignature(request, body, secret, pending) : null;
    if (path === '/send') {
      requireMethod(request, 'POST');
      return answerSend(this.#context, parseSend(parseJson(request, body), request, this.#context.key, signature), signal);
    }
    if (!path.startsWith('/poll/') || path.indexOf('/', 6) >= 0)
      throw new NotFoundError('route_not_found', 'There is nothing at this address.');
    requireMethod(request, 'GET');
    const conversation = parseConversation(decode(path.slice(6)), this.#context.key);
    if (!conversation) throw invalidRequest([{ path: 'conversation_id', message: 'expected 1 to 128 letters, digits, ".", "_" or "-"' }]);
    return answerPoll(this.#context, conversation, parsePoll(query), signal);
  }

  #health(request: IncomingMessage): RouteAnswer {
    requireMethod(request, 'GET');
    const isOpen = this.#context.host.isAccepting();
    return { status: isOpen ? 200 : 503, body: `{"status":"${isOpen ? 'ok' : 'unavailable'}"}` };
  }

  #logFailure(error: unknown, requestId: string): void {
    if (error instanceof AppError) return;
    this.#context.host.log.error('a webhook request failed', { request_id: requestId, error });
  }

  #prunePeriodically(): () => void {
    const { host } = this.#context;
    let cancel = () => {};
    const again = () => {
      supervise(host.log, 'forget old webhook replies', this.#prune());
      cancel = host.clock.schedule(PRUNE_EVERY_MS, again);
    };
    again();
    return () => cancel();
  }

  async #prune(): Promise<void> {
    const { key, host, replies } = this.#context;
    const before = host.clock.now() - this.#settings.retention_hours * HOUR_MS;
    while ((await replies.prune(key, before)) > 0);
  }
}

function splitOnce(target: string): [string, string] {
  const mark = target.indexOf('?');
  return mark < 0 ? [target, ''] : [target.slice(0, mark), target.slice(mark + 1)];
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return '';
  }
}

function requireMethod(request: IncomingMessage, allow: 'GET' | 'POST'): void {
  if (request.method !== allow) throw new InputError('method_not_allowed', `Only ${allow} is understood here.`, { details: { allow } });
}

function listen(server: Server, settings: WebhookSettings): Promise<void> {
  return new Promise((resolve) => server.listen(settings.port, settings.bind, resolve));
}

/** Rejects when the listener cannot open or breaks. */
function failureOf(server: Server, { bind, port }: WebhookSettings): Promise<never> {
  const failure = new Promise<never>((_resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const inUse = error.code === 'EADDRINUSE';
      reject(
        new ConfigError(
          inUse ? 'port_in_use' : 'adapter_unavailable',
          inUse
            ? `The webhook cannot listen on ${bind}:${port}: another program uses it. Stop it or set another messaging.webhook.port.`
            : `The webhook cannot listen on ${bind}:${port} (${String(error.code)}).`,
          { cause: error },
        ),
      );
    });
  });
  failure.catch(() => {});
  return failure;
}

function urlOf(server: Server): string {
  const { address, port, family } = server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

async function close(server: Server, host: AdapterHost): Promise<void> {
  const cancel = host.clock.schedule(CLOSE_GRACE_MS, () => server.closeAllConnections());
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
  cancel();
}
