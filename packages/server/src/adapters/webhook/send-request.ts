/** What a caller posts to `/send`, checked in full before anything is stored. */

import type { IncomingMessage } from 'node:http';
import { MAX_CONTENT_BYTES } from '@spacebot/protocol/limits';
import * as z from 'zod';
import { InputError } from '../../core/errors.ts';
import { type AdapterKey, type AgentId, trusted } from '../../core/ids.ts';
import type { InboundMessage, IncomingFile } from '../../core/messages.ts';
import { parseConversation, type WebhookConversation } from './conversation.ts';
import { type FieldIssue, invalidRequest } from './http-exchange.ts';

const MAX_ATTACHMENTS = 10;
const MAX_ATTACHMENT_BYTES = 7 * 1024 * 1024;
/** How long a caller's key names the same message. */
const KEY_LIFETIME_MS = 24 * 60 * 60 * 1000;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
const PRINTABLE_KEY = /^[\x20-\x7e]{1,128}$/;

const attachment = z.strictObject({
  filename: z
    .string()
    .min(1)
    .max(255)
    .regex(/^[^/\\\p{Cc}]+$/u, 'expected a file name without path'),
  mime_type: z
    .string()
    .max(127)
    .regex(/^[\w.+-]+\/[\w.+-]+$/, 'expected a media type')
    .default('application/octet-stream'),
  data_base64: z.string(),
});

const sendBody = z.strictObject({
  conversation_id: z.string(),
  content: z.string().default(''),
  sender_id: z.string().min(1).max(128).default('webhook'),
  sender_name: z.string().min(1).max(128).optional(),
  agent_id: z.string().min(1).max(64).optional(),
  idempotency_key: z.string().min(1).max(128).optional(),
  attachments: z.array(attachment).max(MAX_ATTACHMENTS).default([]),
  wait_s: z.number().min(0).max(60).default(0),
});

type SendBody = z.output<typeof sendBody>;

export interface SendRequest {
  readonly conversation: WebhookConversation;
  readonly message: Omit<InboundMessage, 'afterReply' | 'receivedAt'>;
  /** Milliseconds. */
  readonly waitMs: number;
}

/** `signature` is the digest of a signed request; it stands in for a missing key, so that a replay is a repeat. */
export function parseSend(json: unknown, request: IncomingMessage, adapterKey: AdapterKey, signature: string | null): SendRequest {
  const parsed = sendBody.safeParse(json);
  if (!parsed.success) throw invalidRequest(parsed.error.issues.flatMap(describeIssue));
  const body = parsed.data;
  const conversation = parseConversation(body.conversation_id, adapterKey);
  if (!conversation) throw invalidRequest([{ path: 'conversation_id', message: 'expected 1 to 128 letters, digits, ".", "_" or "-"' }]);
  if (Buffer.byteLength(body.content) > MAX_CONTENT_BYTES) {
    throw new InputError('content_too_large', `The content is larger than ${MAX_CONTENT_BYTES} bytes.`);
  }
  if (body.content.trim() === '' && body.attachments.length === 0) {
    throw invalidRequest([{ path: 'content', message: 'required unless there are attachments' }]);
  }
  const key = chooseKey(body, request.headers['idempotency-key'], signature);
  return { conversation, message: toMessage(body, conversation, adapterKey, key), waitMs: body.wait_s * 1000 };
}

function toMessage(body: SendBody, conversation: WebhookConversation, adapterKey: AdapterKey, key: string | null): SendRequest['message'] {
  return {
    address: { adapterKey, conversationId: conversation.id },
    platformMessageId: key,
    sender: { id: body.sender_id, name: body.sender_name ?? body.sender_id, isBot: false },
    place: { isDirect: true, channelId: conversation.native, channelName: conversation.native },
    text: body.content,
    files: body.attachments.map(toFile),
    addressed: 'direct',
    ...(body.agent_id === undefined ? {} : { requestedAgent: trusted<AgentId>(body.agent_id) }),
    ...(key === null ? {} : { idLifetimeMs: KEY_LIFETIME_MS }),
  };
}

function chooseKey(body: SendBody, header: string | string[] | undefined, signature: string | null): string | null {
  if (header !== undefined && (typeof header !== 'string' || !PRINTABLE_KEY.test(header))) {
    throw invalidRequest([{ path: 'Idempotency-Key', message: 'expected 1 to 128 printable ASCII characters' }]);
  }
  if (header !== undefined && body.idempotency_key !== undefined && header !== body.idempotency_key) {
    throw invalidRequest([{ path: 'idempotency_key', message: 'differs from the header Idempotency-Key' }]);
  }
  return body.idempotency_key ?? header ?? signature;
}

function toFile(given: z.output<typeof attachment>, index: number): IncomingFile {
  const { data_base64: data } = given;
  if (data.length % 4 !== 0 || !BASE64.test(data)) {
    throw invalidRequest([{ path: `attachments.${index}.data_base64`, message: 'expected base64 with padding' }]);
  }
  const bytes = Buffer.from(data, 'base64');
  if (bytes.length > MAX_ATTACHMENT_BYTES)
    throw new InputError('payload_too_large', `The attachment ${JSON.stringify(given.filename)} is larger than 7 MiB.`);
  return { filename: given.filename, mimeType: given.mime_type, bytes };
}

function describeIssue(issue: z.core.$ZodIssue): FieldIssue[] {
  const path = issue.path.join('.');
  if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message }];
  return issue.keys.map((key) => ({ path: path === '' ? key : `${path}.${key}`, message: 'unknown field' }));
}
