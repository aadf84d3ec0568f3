/** From a routed message to what the spine stores: keys, hashes, files, and the cut of an overlong text. */

import { createHash } from 'node:crypto';
import type { ConfigSnapshot } from '../config/snapshot.ts';
import { findAgent } from '../config/snapshot.ts';
import type { NewId } from '../core/ids.ts';
import { sha256 } from '../core/ids.ts';
import type { Attachment, InboundMessage } from '../core/messages.ts';
import type { AcceptInput } from '../storage/agent/accept.ts';
import type { BlobStore } from '../storage/blob-store.ts';
import { gatherRule } from './coalescer.ts';
import type { Decision } from './router.ts';

/** Bytes (UTF-8) kept of a text; the rest is cut and marked (contract 7.4). */
const MAX_TEXT_BYTES = 65_536;
const CUT_MARK = '\n[cut: the message was longer]';

/** One key per platform message of a conversation; a message without a platform id is never a repeat. */
export function dedupeKey(message: InboundMessage, newId: NewId): string {
  const { adapterKey, conversationId } = message.address;
  return `m|${adapterKey}|${conversationId}|${message.platformMessageId ?? newId()}`;
}

/** Over text and files: the same key with another hash is a conflict, not a repeat. */
export function hashBody(message: InboundMessage, stored: readonly Attachment[]): string {
  if (message.files.length === 0 && stored.length === 0) return sha256(message.text);
  const hash = createHash('sha256').update(message.text);
  for (const file of message.files) hash.update(`\0${file.filename}\0${file.mimeType}\0${sha256(file.bytes)}`);
  for (const file of stored) hash.update(`\0${file.filename}\0${file.mimeType}\0${file.sha256}`);
  return hash.digest('hex');
}

/** Every file is on disk under its hash before the message names it. */
export async function storeFiles(message: InboundMessage, blobs: BlobStore, newId: NewId): Promise<Attachment[]> {
  return Promise.all(
    message.files.map(async (file) => ({
      id: newId(),
      filename: file.filename,
      mimeType: file.mimeType,
      size: file.bytes.byteLength,
      sha256: await blobs.put(file.bytes),
    })),
  );
}

export interface AcceptParts {
  readonly message: InboundMessage;
  readonly decision: Decision;
  readonly snapshot: ConfigSnapshot;
  readonly attachments: readonly Attachment[];
  readonly replyToId: string | null;
  readonly key: string;
  readonly bodyHash: string;
  /** Milliseconds. */
  readonly now: number;
}

export function acceptInput(parts: AcceptParts): AcceptInput {
  const { message, decision, snapshot, now } = parts;
  const settings = decision.agentId === null ? undefined : findAgent(snapshot, decision.agentId)?.settings;
  const deadline = settings?.channel.answer_deadline_secs;
  return {
    conversation: {
      id: message.address.conversationId,
      adapterKey: message.address.adapterKey,
      displayName: displayName(message),
      place: message.place,
    },
    text: cutText(message.text),
    author: { id: message.sender.id, name: message.sender.name },
    attachments: parts.attachments,
    platformMessageId: message.platformMessageId,
    replyToId: parts.replyToId,
    origin: decision.authority,
    metadata: message.metadata ?? {},
    dedupeKey: parts.key,
    bodyHash: parts.bodyHash,
    authority: decision.authority,
    route: { binding_id: decision.bindingId, response_mode: decision.responseMode, steps: decision.steps },
    answerBy: deadline === undefined ? null : now + deadline * 1000,
    start: decision.decision === 'answer' ? 'turn' : 'observe',
    gather: settings ? gatherRule(settings.coalesce, message, now) : null,
    ...(message.idLifetimeMs === undefined ? {} : { keyLifetimeMs: message.idLifetimeMs }),
    ...(message.afterReply === undefined ? {} : { afterSeq: message.afterReply }),
  };
}

function displayName(message: InboundMessage): string | null {
  if (message.place.channelName !== undefined) return message.place.channelName;
  return message.place.isDirect ? message.sender.name : null;
}

/** Cuts at a grapheme boundary, so that no character is halved. */
function cutText(text: string): string {
  if (text.length * 3 <= MAX_TEXT_BYTES || Buffer.byteLength(text) <= MAX_TEXT_BYTES) return text;
  let kept = Buffer.from(text)
    .subarray(0, MAX_TEXT_BYTES - CUT_MARK.length)
    .toString('utf8');
  if (kept.endsWith('\ufffd')) kept = kept.replace(/\ufffd+$/, '');
  const tail = [...new Intl.Segmenter().segment(kept.slice(-200))].at(-1);
  return `${kept.slice(0, kept.length - (tail?.segment.length ?? 0))}${CUT_MARK}`;
}
