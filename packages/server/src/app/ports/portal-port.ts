/** Portal chat: the operator's own conversations, through the same gateway, router and store as every platform. */

import { SESSION_ID_PATTERN } from '@spacebot/protocol/limits';
import type { Clock } from '../../core/clock.ts';
import { ConflictError, InputError, NotFoundError } from '../../core/errors.ts';
import { type ConversationId, type NewId, PORTAL, trusted } from '../../core/ids.ts';
import type { Attachment } from '../../core/messages.ts';
import type { MessagingGateway } from '../../messaging/gateway.ts';
import type { PortalPort, TurnEnd } from '../api-services.ts';
import type { OpenAgent, OpenAgents } from '../open-agents.ts';
import { attachmentView, messageView, usageView } from '../views.ts';
import { listChannels, requireConversation, stopEverything, viewOf } from './channels-port.ts';

export interface PortalDeps {
  readonly agents: OpenAgents;
  readonly gateway: MessagingGateway;
  readonly clock: Clock;
  readonly newId: NewId;
  /** Throws `setup_required` while no model can be asked in this conversation. */
  readonly requireModel: (agent: OpenAgent, conversationId: string) => void;
  readonly checkModel: (agentId: string, name: string) => string | null;
}

/** A key given by the caller counts for a day. */
const KEY_LIFETIME_MS = 24 * 60 * 60 * 1000;

export function createPortalPort(deps: PortalDeps): PortalPort {
  const { agents, gateway, clock, newId } = deps;
  const find = (agentId: string, sessionId: string) => {
    const agent = agents.require(agentId);
    return { agent, row: requireConversation(agent, portalConversation(agentId, sessionId)) };
  };
  return {
    async list(agentId, page) {
      return listChannels(agents, { agent_id: agents.require(agentId).id, platform: 'portal' }, page);
    },
    async create(agentId, session) {
      const agent = agents.require(agentId);
      const id = session.id ?? newId();
      const row = await agent.spine.ensureConversation(draftOf(agentId, id));
      if (session.title === null || row.display_name === session.title) return viewOf(agent, row);
      return viewOf(agent, await agent.spine.patchConversation(row.id, { displayName: session.title }));
    },
    async get(agentId, sessionId) {
      const { agent, row } = find(agentId, sessionId);
      return viewOf(agent, row);
    },
    async update(agentId, sessionId, change, expected) {
      const { agent, row } = find(agentId, sessionId);
      const refusal = typeof change.settings?.model === 'string' ? deps.checkModel(agentId, change.settings.model) : null;
      if (refusal !== null) throw new NotFoundError('model_not_found', refusal);
      const patch = {
        ...(change.title === undefined ? {} : { displayName: change.title }),
        ...(change.archived === undefined ? {} : { archived: change.archived }),
        ...(change.settings === undefined ? {} : { settings: change.settings }),
      };
      return viewOf(agent, await agent.spine.patchConversation(row.id, patch, expected === undefined ? undefined : Number(expected)));
    },
    async delete(agentId, sessionId, expected) {
      const { agent, row } = find(agentId, sessionId);
      if (expected !== undefined) await agent.spine.patchConversation(row.id, {}, Number(expected));
      await stopEverything(agent, row.id, 'all');
      await agent.spine.eraseConversation(row.id);
    },
    async addAttachment(agentId, sessionId, file) {
      const agent = agents.require(agentId);
      const { hash, size } = await agent.blobs.putStream(file.content);
      const attachment: Attachment = { id: newId(), filename: file.filename, mimeType: file.mimeType, size, sha256: hash };
      await agent.spine.addAttachment(draftOf(agentId, sessionId), attachment);
      return attachmentView(agentId, { ...attachment, mime_type: attachment.mimeType });
    },
    async send(agentId, sessionId, message) {
      const agent = agents.require(agentId);
      const conversationId = portalConversation(agentId, sessionId);
      if (!message.content.trim().startsWith('/')) deps.requireModel(agent, conversationId);
      const result = await gateway.receive(
        {
          address: { adapterKey: PORTAL, conversationId },
          platformMessageId: message.key,
          sender: { ...message.sender, isBot: false },
          place: { isDirect: true, channelId: sessionId, channelName: sessionId },
          text: message.content,
          files: [],
          addressed: 'direct',
          requestedAgent: agent.id,
          receivedAt: clock.now(),
          ...(message.key === null ? {} : { idLifetimeMs: KEY_LIFETIME_MS }),
        },
        {
          attachments: message.attachmentIds.map((id) => requireAttachment(agent, id)),
          ...(message.replyToId === null ? {} : { replyToId: message.replyToId }),
        },
      );
      if (result.outcome === 'rejected') throw new ConflictError('internal', result.reason);
      const row = agent.spine.message(result.messageId);
      if (!row) throw new NotFoundError('message_not_found', 'The message was erased.');
      return { message: messageView(agentId, row), turnId: result.turnId, conversationId, duplicate: result.duplicate };
    },
    async waitTurn(agentId, turnId, signal) {
      const agent = agents.require(agentId);
      const outcome = await gateway.waitForTurn(agentId, turnId, signal);
      if (outcome === null) throw signal.reason;
      return turnEnd(agent, turnId);
    },
    async cancel(agentId, sessionId) {
      const { agent, row } = find(agentId, sessionId);
      const report = await stopEverything(agent, row.id, 'turn');
      return { cancelled: report.turn };
    },
  };
}

function portalConversation(agentId: string, sessionId: string): ConversationId {
  if (!SESSION_ID_PATTERN.test(sessionId)) throw new InputError('invalid_request', 'A session id has 1 to 64 letters, digits, "_" or "-".');
  return trusted<ConversationId>(`portal:chat:${agentId}:${sessionId}`);
}

function draftOf(agentId: string, sessionId: string) {
  return {
    id: portalConversation(agentId, sessionId),
    adapterKey: PORTAL,
    displayName: sessionId,
    place: { isDirect: true, channelId: sessionId, channelName: sessionId },
  };
}

function requireAttachment(agent: OpenAgent, id: string): Attachment {
  const row = agent.spine.attachment(id);
  if (!row) throw new NotFoundError('attachment_not_found', `There is no file ${id}.`);
  return { id: row.id, filename: row.filename, mimeType: row.mime_type, size: row.size, sha256: row.sha256 };
}

function turnEnd(agent: OpenAgent, turnId: string): TurnEnd {
  const turn = agent.spine.turn(turnId);
  if (!turn) throw new NotFoundError('message_not_found', 'The conversation was erased.');
  const said = agent.spine.messagesOfTurn(turnId).filter((row) => row.role !== 'user');
  return {
    state: turn.state === 'completed' ? 'completed' : turn.state === 'cancelled' ? 'cancelled' : 'failed',
    messages: said.map((row) => messageView(agent.id, row)),
    usage: usageView(agent.spine.usageOf(turnId)),
    error: turn.error_code === null ? null : { code: turn.error_code, message: turn.error_message ?? '' },
  };
}
