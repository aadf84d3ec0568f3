/**
 * Everything the HTTP API needs from the layers below, as one object of small ports.
 * Rules for all of them: objects have exactly the shape of the protocol; a method throws an `AppError` and the API turns its code into the
 * status; what is named under "Throws" is what the contract promises, StorageError and UnavailableError are always possible.
 * `AgentNotFound` below means NotFoundError `agent_not_found`, `ConversationNotFound` NotFoundError `conversation_not_found`.
 */

import type { Agent, AgentSettings, FileDoc, Identity, IdentityPart } from '@spacebot/protocol/agents';
import type { Channel, TimelineItem, TimelineKind } from '@spacebot/protocol/channels';
import type { ConfigChange, ConfigDocument, ConfigValidation, InstanceSettings } from '@spacebot/protocol/config';
import type { Delivery } from '@spacebot/protocol/deliveries';
import type { BodyOf, QueryOf } from '@spacebot/protocol/endpoint';
import type { createAgent, updateAgent, updateAgentSettings } from '@spacebot/protocol/endpoints/agents';
import type { listChannels, updateChannel } from '@spacebot/protocol/endpoints/channels';
import type { updateConfig, updateSettings } from '@spacebot/protocol/endpoints/config';
import type { listDeliveries } from '@spacebot/protocol/endpoints/deliveries';
import type { PortalAnswer, updatePortalSession } from '@spacebot/protocol/endpoints/portal';
import type { EventType, SpacebotEvent } from '@spacebot/protocol/events';
import type { Attachment, Message } from '@spacebot/protocol/messages';
import type { IdleReport, Readiness, Status } from '@spacebot/protocol/status';
import type { Clock } from '../core/clock.ts';
import type { NewId } from '../core/ids.ts';
import type { Logger } from '../core/logger.ts';
import type { ApiTokenFile } from '../security/api-token.ts';

export interface ApiServices {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly log: Logger;
  /** `X.Y.Z` of the product. */
  readonly version: string;
  /** The settings that count now; must return the same object until something changed, because what is derived from it is kept. */
  readonly settings: () => ApiSettings;
  readonly token: ApiTokenFile;
  readonly sessions: SessionStore;
  readonly idempotency: IdempotencyStore;
  readonly system: SystemPort;
  readonly agents: AgentsPort;
  readonly channels: ChannelsPort;
  readonly portal: PortalPort;
  readonly deliveries: DeliveriesPort;
  readonly config: ConfigPort;
  readonly events: EventsPort;
  readonly metrics: MetricsPort;
}

/** `[api]` of the configuration. */
export interface ApiSettings {
  readonly auth: 'token' | 'none';
  /** Resolved `api.auth_token`; `null` = the generated token of the file counts. */
  readonly authToken: string | null;
  readonly sessionTtlSecs: number;
  readonly allowedHosts: readonly string[];
  readonly allowedOrigins: readonly string[];
  /** CIDR. */
  readonly trustedProxies: readonly string[];
  /** `requestsPerMinute` 0 = no limit. */
  readonly rateLimit: { readonly requestsPerMinute: number; readonly burst: number };
  readonly ui: boolean;
}

/** A signed-in browser. The id is the SHA-256 of the cookie; the cookie itself is stored nowhere. */
export interface SessionRecord {
  readonly id: string;
  /** SHA-256 of the token it was made with; another token ends the session. */
  readonly tokenHash: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly expiresAt: number;
}

export interface SessionStore {
  /** Durable when it resolves. May drop expired rows on the way. */
  create(session: SessionRecord): Promise<void>;
  /** Asked on every request with a cookie: keep it cheap. Expired rows may be returned. */
  find(id: string): SessionRecord | undefined;
  delete(id: string): Promise<void>;
  deleteAll(): Promise<void>;
}

/** The first answer to a POST with an `Idempotency-Key`, kept for 24 h. Only 2xx answers are stored. */
export interface StoredAnswer {
  /** SHA-256 of the request body. */
  readonly fingerprint: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface IdempotencyStore {
  /** `scope` is method, path and key in one string. Answers nothing for what is older than 24 h. */
  find(scope: string): Promise<StoredAnswer | undefined>;
  /** `at` in milliseconds since 1970. An answer stored before for the same scope stays. */
  save(scope: string, answer: StoredAnswer, at: number): Promise<void>;
}

/** Where a list goes on: values of the last row's sort key. The API makes the opaque `cursor` of it. */
export type PageKey = readonly (string | number)[];

export interface PageRequest {
  /** 1..200 */
  readonly limit: number;
  /** As given out in `next`; a key that does not fit throws InputError `invalid_cursor`. */
  readonly after: PageKey | null;
}

export interface PageResult<Item> {
  readonly items: readonly Item[];
  /** `null` on the last page. */
  readonly next: PageKey | null;
}

/** The value of `If-Match` without quotes. Where it is given and is not the current revision, throw ConflictError `revision_conflict` with details `{ expected, current }`. */
export type ExpectedRevision = string | undefined;

export interface SystemPort {
  readiness(): Readiness['status'];
  status(): Promise<Status>;
  idle(): Promise<IdleReport>;
  /** Returns at once; the stop begins after the answer is on its way. `timeoutMs` undefined = the default. */
  requestStop(options: { readonly restart: boolean; readonly timeoutMs: number | undefined }): void;
}

export interface AgentsPort {
  /** Sorted by id. */
  list(page: PageRequest): Promise<PageResult<Agent>>;
  /** Throws AgentNotFound. */
  get(agentId: string): Promise<Agent>;
  /** Throws `invalid_agent_id`, `agent_exists`, `agent_limit_reached`, `config_invalid` (details.issues). */
  create(input: BodyOf<typeof createAgent>): Promise<Agent>;
  /** Throws AgentNotFound, `revision_conflict`, `config_invalid`. */
  update(agentId: string, change: BodyOf<typeof updateAgent>, expected: ExpectedRevision): Promise<Agent>;
  /** Throws AgentNotFound, `last_agent`, `revision_conflict`. */
  delete(agentId: string, options: { readonly purge: boolean }, expected: ExpectedRevision): Promise<void>;
  /** Pausing or resuming twice changes nothing. Throws AgentNotFound. */
  pause(agentId: string, reason: string | null): Promise<Agent>;
  resume(agentId: string, reason: string | null): Promise<Agent>;
  /** Throws AgentNotFound. */
  identity(agentId: string): Promise<Identity>;
  /** At most 64 KiB, checked before. Throws AgentNotFound, `revision_conflict`. */
  writeIdentity(agentId: string, part: IdentityPart, content: string, expected: ExpectedRevision): Promise<FileDoc>;
  /** Throws AgentNotFound. */
  settings(agentId: string): Promise<AgentSettings>;
  /** Throws AgentNotFound, `invalid_target`. */
  updateSettings(agentId: string, change: BodyOf<typeof updateAgentSettings>): Promise<AgentSettings>;
}

export type ChannelFilter = Pick<QueryOf<typeof listChannels>, 'agent_id' | 'platform' | 'state' | 'q'>;

/** Bounds of a page of messages; at most one of the two is the side the page starts from, both together are a range. */
export interface MessageFilter {
  readonly beforeSeq?: number;
  readonly afterSeq?: number;
  /** Text to find. */
  readonly q?: string;
}

/** Every method with an agent id throws AgentNotFound; with a conversation id also ConversationNotFound. */
export interface ChannelsPort {
  /** Newest activity first. An `agent_id` that does not exist: AgentNotFound. */
  list(filter: ChannelFilter, page: PageRequest): Promise<PageResult<Channel>>;
  get(agentId: string, conversationId: string): Promise<Channel>;
  /** Also throws `revision_conflict`, `model_not_found`. */
  update(agentId: string, conversationId: string, change: BodyOf<typeof updateChannel>, expected: ExpectedRevision): Promise<Channel>;
  delete(agentId: string, conversationId: string, expected: ExpectedRevision): Promise<void>;
  setArchived(agentId: string, conversationId: string, archived: boolean): Promise<Channel>;
  /** As the command `/new`. */
  reset(agentId: string, conversationId: string): Promise<Channel>;
  /** Ascending by `seq`; without a bound the newest page, whose `next` leads to older ones; with `afterSeq` it leads to newer ones. */
  messages(agentId: string, conversationId: string, filter: MessageFilter, page: PageRequest): Promise<PageResult<Message>>;
  /** Throws `message_not_found`. */
  deleteMessage(agentId: string, conversationId: string, messageId: string): Promise<void>;
  /** The operator speaks as the bot. `key` makes a repeat of the request one delivery. Throws `adapter_unavailable`. */
  sendAsOperator(
    agentId: string,
    conversationId: string,
    message: { readonly content: string; readonly replyToId: string | null; readonly key: string | null },
  ): Promise<Delivery>;
  /** Newest first; `kinds` undefined = all. */
  timeline(
    agentId: string,
    conversationId: string,
    kinds: readonly TimelineKind[] | undefined,
    page: PageRequest,
  ): Promise<PageResult<TimelineItem>>;
  /** Nothing running: `false` and zeros. */
  cancel(agentId: string, conversationId: string, scope: 'turn' | 'all'): Promise<CancelReport>;
  /** Throws `attachment_not_found`. */
  attachment(agentId: string, attachmentId: string): Promise<AttachmentContent>;
}

export interface CancelReport {
  readonly turn: boolean;
  readonly workers: number;
  readonly branches: number;
}

export interface AttachmentContent {
  readonly filename: string;
  readonly mimeType: string;
  /** Bytes. */
  readonly size: number;
  readonly content: AsyncIterable<Uint8Array>;
}

export interface UploadedFile {
  readonly filename: string;
  readonly mimeType: string;
  /** Throws `payload_too_large` while it is read when the file passes 50 MiB: then store nothing. */
  readonly content: AsyncIterable<Uint8Array>;
}

export interface PortalMessage {
  /** 0..65536 bytes; empty only with attachments. */
  readonly content: string;
  readonly sender: { readonly id: string; readonly name: string };
  readonly attachmentIds: readonly string[];
  readonly replyToId: string | null;
  /** The request's `Idempotency-Key`: the same key in the same session is the same message, also after a crash. `null` = none. */
  readonly key: string | null;
}

export interface PortalReceipt {
  readonly message: Message;
  readonly turnId: string;
  readonly conversationId: string;
  /** True when `key` named an earlier message: nothing new was stored. */
  readonly duplicate: boolean;
}

/** Every method throws AgentNotFound; those with a session, except `send` and `addAttachment`, also ConversationNotFound. */
export interface PortalPort {
  /** Newest activity first. */
  list(agentId: string, page: PageRequest): Promise<PageResult<Channel>>;
  /** `id` null = make one. An existing session is returned as it is. */
  create(agentId: string, session: { readonly id: string | null; readonly title: string | null }): Promise<Channel>;
  get(agentId: string, sessionId: string): Promise<Channel>;
  update(agentId: string, sessionId: string, change: BodyOf<typeof updatePortalSession>, expected: ExpectedRevision): Promise<Channel>;
  delete(agentId: string, sessionId: string, expected: ExpectedRevision): Promise<void>;
  /** Streams the file to disk and hashes it on the way. Creates the session when absent. */
  addAttachment(agentId: string, sessionId: string, file: UploadedFile, signal: AbortSignal): Promise<Attachment>;
  /** Creates the session when absent; resolves once the message is durable. Throws `setup_required`, `queue_full` (with `retry: { afterMs }`), `attachment_not_found`, `unavailable`. */
  send(agentId: string, sessionId: string, message: PortalMessage): Promise<PortalReceipt>;
  /** Resolves at the end of the turn, also when it ended before; rejects with the signal's reason when that comes first. */
  waitTurn(agentId: string, turnId: string, signal: AbortSignal): Promise<TurnEnd>;
  cancel(agentId: string, sessionId: string): Promise<{ readonly cancelled: boolean }>;
}

export type TurnEnd = Pick<PortalAnswer, 'state' | 'messages' | 'usage' | 'error'>;

export interface DeliveriesPort {
  /** Newest first; without `trace`. */
  list(filter: Omit<QueryOf<typeof listDeliveries>, 'limit' | 'cursor'>, page: PageRequest): Promise<PageResult<Delivery>>;
  /** With `trace`. Throws `delivery_not_found`. */
  get(deliveryId: string): Promise<Delivery>;
}

export interface ConfigPort {
  document(): Promise<ConfigDocument>;
  /** Throws ConfigError `config_invalid` (details.issues, file unchanged), `revision_conflict`, `config_write_failed`. */
  update(change: BodyOf<typeof updateConfig>, expected: ExpectedRevision): Promise<ConfigChange>;
  /** Literal credentials as `***`. */
  raw(): Promise<{ readonly toml: string; readonly revision: string }>;
  /** `***` keeps the stored value. Throws as `update`. */
  writeRaw(toml: string, expected: string): Promise<ConfigChange>;
  validate(toml: string): Promise<ConfigValidation>;
  /** JSON Schema 2020-12. */
  schema(): Record<string, unknown>;
  settings(): Promise<InstanceSettings>;
  /** Throws AgentNotFound for an unknown `default_agent`. */
  updateSettings(change: BodyOf<typeof updateSettings>): Promise<InstanceSettings>;
}

/** What a reader of events wants; a missing field admits everything. */
export interface EventFilter {
  readonly agentId?: string;
  readonly conversationId?: string;
  readonly turnId?: string;
  readonly types?: ReadonlySet<EventType>;
}

/**
 * The one ordered stream of events. Every event of a turn, `inbound_message` and the deltas included, names it in the envelope's `turn_id`.
 */
export interface EventsPort {
  /** Ids of the retained events; both `null` when there are none yet. */
  bounds(): Promise<{ readonly oldestId: number | null; readonly latestId: number | null }>;
  /** Durable events with a greater id that pass the filter, ascending, at most `limit`. */
  read(after: number, filter: EventFilter, limit: number): Promise<readonly SpacebotEvent[]>;
  /**
   * Calls `listener` for every event from now on, ephemeral ones too, in the order of the stream; a durable event only once `read` can
   * answer it. The listener does not throw and does not block. Nothing needs to be rendered while nobody has subscribed.
   */
  subscribe(listener: (event: SpacebotEvent) => void): () => void;
}

export interface MetricsPort {
  /** Everything counted outside the API; names without the `spacebot_` prefix. */
  collect(): Promise<readonly MetricFamily[]>;
}

export type MetricLabels = Readonly<Record<string, string>>;

/** One counter or gauge value. */
export interface MetricSample {
  readonly labels: MetricLabels;
  readonly value: number;
}

/** `counts[i]` observations were at most `buckets[i]` and above the bucket before (not cumulative); what lies above the last is in `count` only. */
export interface HistogramSample {
  readonly labels: MetricLabels;
  readonly buckets: readonly number[];
  readonly counts: readonly number[];
  readonly sum: number;
  readonly count: number;
}

/** `name` without the `spacebot_` prefix. */
export type MetricFamily =
  | { readonly name: string; readonly help: string; readonly type: 'counter' | 'gauge'; readonly samples: readonly MetricSample[] }
  | { readonly name: string; readonly help: string; readonly type: 'histogram'; readonly samples: readonly HistogramSample[] };
