/** Portal chat: direct conversations of the operator, from the page, the CLI or a program. */

import * as z from 'zod';
import { Channel, ChannelSettingsPatch } from '../channels.ts';
import { ErrorInfo, page, paging } from '../common.ts';
import { defineEndpoint } from '../endpoint.ts';
import { SESSION_ID_PATTERN } from '../limits.ts';
import { Attachment, Message, Usage } from '../messages.ts';

const empty = z.strictObject({});
const title = z.string().trim().min(1).max(256);
const root = '/agents/{agent_id}/portal';
const session = `${root}/{session_id}` as const;

export const listPortalSessions = defineEndpoint({
  name: 'listPortalSessions',
  method: 'GET',
  path: root,
  summary: 'Portal sessions, newest activity first.',
  tag: 'portal',
  access: 'token',
  query: z.strictObject(paging),
  responses: { 200: page(Channel) },
});

export const createPortalSession = defineEndpoint({
  name: 'createPortalSession',
  method: 'POST',
  path: root,
  summary: 'Creates a session, with an id of its own when none is given.',
  tag: 'portal',
  access: 'token',
  query: empty,
  body: z.strictObject({ id: z.string().regex(SESSION_ID_PATTERN).optional(), title: title.optional() }),
  responses: { 201: Channel },
});

export const getPortalSession = defineEndpoint({
  name: 'getPortalSession',
  method: 'GET',
  path: session,
  summary: 'One session.',
  tag: 'portal',
  access: 'token',
  query: empty,
  responses: { 200: Channel },
});

export const updatePortalSession = defineEndpoint({
  name: 'updatePortalSession',
  method: 'PATCH',
  path: session,
  summary: 'Changes title, settings or whether the session is archived.',
  tag: 'portal',
  access: 'token',
  query: empty,
  body: z.strictObject({ title: title.optional(), archived: z.boolean().optional(), settings: ChannelSettingsPatch.optional() }),
  responses: { 200: Channel },
});

export const deletePortalSession = defineEndpoint({
  name: 'deletePortalSession',
  method: 'DELETE',
  path: session,
  summary: 'Erases a session.',
  tag: 'portal',
  access: 'token',
  query: empty,
  responses: { 204: null },
});

export const uploadPortalAttachment = defineEndpoint({
  name: 'uploadPortalAttachment',
  method: 'POST',
  path: `${session}/attachments`,
  summary: 'Stores one file (multipart field `file`, at most 50 MiB) to be sent with a message.',
  tag: 'portal',
  access: 'token',
  query: empty,
  upload: 'multipart/form-data',
  responses: { 201: Attachment },
});

const sent = { message: Message, turn_id: z.string().nullable(), conversation_id: z.string() };

export const PortalAccepted = z
  .object({ ...sent, state: z.enum(['queued', 'running']) })
  .register(z.globalRegistry, { id: 'PortalAccepted' });
export type PortalAccepted = z.infer<typeof PortalAccepted>;

export const PortalAnswer = z
  .object({
    ...sent,
    state: z.enum(['completed', 'failed', 'cancelled']),
    messages: z.array(Message),
    usage: Usage,
    error: ErrorInfo.nullable(),
  })
  .register(z.globalRegistry, { id: 'PortalAnswer' });
export type PortalAnswer = z.infer<typeof PortalAnswer>;

export const sendPortalMessage = defineEndpoint({
  name: 'sendPortalMessage',
  method: 'POST',
  path: `${session}/messages`,
  summary: 'Sends a message: answers at once, waits for the turn (`wait_secs`), or streams its events (`Accept: text/event-stream`).',
  tag: 'portal',
  access: 'token',
  query: empty,
  body: z.strictObject({
    content: z.string().default(''),
    sender: z.strictObject({ id: z.string().min(1).max(128).optional(), name: z.string().min(1).max(128).optional() }).optional(),
    attachments: z.array(z.string().max(256)).max(10).optional(),
    reply_to_id: z.string().max(256).optional(),
    wait_secs: z.int().min(0).max(300).default(0),
  }),
  responses: { 200: PortalAnswer, 202: PortalAccepted },
});

export const cancelPortalTurn = defineEndpoint({
  name: 'cancelPortalTurn',
  method: 'POST',
  path: `${session}/cancel`,
  summary: 'Cancels the running turn.',
  tag: 'portal',
  access: 'token',
  query: empty,
  body: empty,
  responses: { 200: z.object({ cancelled: z.boolean() }) },
});
