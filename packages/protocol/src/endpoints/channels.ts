/** Channels, their messages and their timeline. */

import * as z from 'zod';
import { Channel, ChannelSettingsPatch, ChannelState, TimelineItem, TimelineKind } from '../channels.ts';
import { Count, page, paging, queryInteger, queryWords } from '../common.ts';
import { Delivery } from '../deliveries.ts';
import { defineEndpoint } from '../endpoint.ts';
import { Message } from '../messages.ts';

const empty = z.strictObject({});
const filters = { platform: z.string().optional(), state: ChannelState.optional(), q: z.string().min(1).max(256).optional() };
const sequence = queryInteger(0, Number.MAX_SAFE_INTEGER);
const root = '/agents/{agent_id}/channels/{conversation_id}';

export const listChannels = defineEndpoint({
  name: 'listChannels',
  method: 'GET',
  path: '/channels',
  summary: 'Channels of all agents, newest activity first.',
  tag: 'channels',
  access: 'token',
  query: z.strictObject({ ...paging, agent_id: z.string().optional(), ...filters }),
  responses: { 200: page(Channel) },
});

export const listAgentChannels = defineEndpoint({
  name: 'listAgentChannels',
  method: 'GET',
  path: '/agents/{agent_id}/channels',
  summary: 'Channels of one agent, newest activity first.',
  tag: 'channels',
  access: 'token',
  query: z.strictObject({ ...paging, ...filters }),
  responses: { 200: page(Channel) },
});

export const getChannel = defineEndpoint({
  name: 'getChannel',
  method: 'GET',
  path: root,
  summary: 'One channel.',
  tag: 'channels',
  access: 'token',
  query: empty,
  responses: { 200: Channel },
});

export const updateChannel = defineEndpoint({
  name: 'updateChannel',
  method: 'PATCH',
  path: root,
  summary: 'Changes the name or settings of a channel.',
  tag: 'channels',
  access: 'token',
  query: empty,
  body: z.strictObject({ display_name: z.string().trim().min(1).max(256).optional(), settings: ChannelSettingsPatch.optional() }),
  responses: { 200: Channel },
});

export const deleteChannel = defineEndpoint({
  name: 'deleteChannel',
  method: 'DELETE',
  path: root,
  summary: 'Erases the messages and runs of a channel.',
  tag: 'channels',
  access: 'token',
  query: empty,
  responses: { 204: null },
});

export const archiveChannel = defineEndpoint({
  name: 'archiveChannel',
  method: 'POST',
  path: `${root}/archive`,
  summary: 'Takes a channel out of the way; a new message brings it back.',
  tag: 'channels',
  access: 'token',
  query: empty,
  body: empty,
  responses: { 200: Channel },
});

export const unarchiveChannel = defineEndpoint({
  name: 'unarchiveChannel',
  method: 'POST',
  path: `${root}/unarchive`,
  summary: 'Brings an archived channel back.',
  tag: 'channels',
  access: 'token',
  query: empty,
  body: empty,
  responses: { 200: Channel },
});

export const resetChannel = defineEndpoint({
  name: 'resetChannel',
  method: 'POST',
  path: `${root}/reset`,
  summary: 'Starts a new session; the history stays readable.',
  tag: 'channels',
  access: 'token',
  query: empty,
  body: empty,
  responses: { 200: Channel },
});

export const listMessages = defineEndpoint({
  name: 'listMessages',
  method: 'GET',
  path: `${root}/messages`,
  summary: 'Messages ascending by `seq`; without a bound the newest page.',
  tag: 'channels',
  access: 'token',
  query: z.strictObject({
    ...paging,
    before_seq: sequence.optional(),
    after_seq: sequence.optional(),
    q: z.string().min(1).max(256).optional(),
  }),
  responses: { 200: page(Message) },
});

export const sendAsOperator = defineEndpoint({
  name: 'sendAsOperator',
  method: 'POST',
  path: `${root}/messages`,
  summary: 'The operator sends as the bot.',
  tag: 'channels',
  access: 'token',
  query: empty,
  body: z.strictObject({ content: z.string().min(1), reply_to_id: z.string().max(256).optional() }),
  responses: { 202: z.object({ delivery: Delivery }) },
});

export const deleteMessage = defineEndpoint({
  name: 'deleteMessage',
  method: 'DELETE',
  path: `${root}/messages/{message_id}`,
  summary: 'Removes one message from history and search.',
  tag: 'channels',
  access: 'token',
  query: empty,
  responses: { 204: null },
});

export const getTimeline = defineEndpoint({
  name: 'getTimeline',
  method: 'GET',
  path: `${root}/timeline`,
  summary: 'Messages, processes, tools, compactions and approvals, newest first.',
  tag: 'channels',
  access: 'token',
  query: z.strictObject({ ...paging, kinds: queryWords(TimelineKind.options).optional() }),
  responses: { 200: page(TimelineItem) },
});

export const cancelChannel = defineEndpoint({
  name: 'cancelChannel',
  method: 'POST',
  path: `${root}/cancel`,
  summary: 'Cancels the running turn, or the turn and everything it started.',
  tag: 'channels',
  access: 'token',
  query: empty,
  body: z.strictObject({ scope: z.enum(['turn', 'all']) }),
  responses: { 200: z.object({ turn: z.boolean(), workers: Count, branches: Count }) },
});

export const getAttachment = defineEndpoint({
  name: 'getAttachment',
  method: 'GET',
  path: '/agents/{agent_id}/attachments/{attachment_id}',
  summary: 'The bytes of an attachment.',
  tag: 'channels',
  access: 'token',
  query: empty,
  produces: 'application/octet-stream',
  responses: { 200: null },
});
