/** A channel is one conversation of one agent; its key is the pair (agent id, conversation id). */

import * as z from 'zod';
import { Count, Id, Timestamp } from './common.ts';
import { MessageRole } from './messages.ts';

export const ResponseMode = z.enum(['active', 'observe', 'mention_only']);
export type ResponseMode = z.infer<typeof ResponseMode>;

/** Settings of one conversation; `null` = the agent's value counts. */
export const ChannelSettings = z
  .object({
    model: z.string().nullable(),
    memory: z.enum(['full', 'ambient', 'off']).nullable(),
    delegation: z.enum(['standard', 'direct']).nullable(),
    response_mode: ResponseMode.nullable(),
    save_attachments: z.boolean().nullable(),
  })
  .register(z.globalRegistry, { id: 'ChannelSettings' });
export type ChannelSettings = z.infer<typeof ChannelSettings>;

/** Named fields change, `null` goes back to the agent's value. */
export const ChannelSettingsPatch = z.strictObject(ChannelSettings.partial().shape);
export type ChannelSettingsPatch = z.infer<typeof ChannelSettingsPatch>;

export const ChannelState = z.enum(['active', 'idle', 'archived']);
export type ChannelState = z.infer<typeof ChannelState>;

export const Channel = z
  .object({
    agent_id: z.string(),
    /** The conversation id, for example `portal:chat:main:cli`. */
    id: Id,
    platform: z.string(),
    /** Adapter key: `platform` or `platform:instance`. */
    adapter: z.string(),
    display_name: z.string(),
    place: z.object({ server_name: z.string().nullable(), channel_name: z.string().nullable(), is_direct: z.boolean() }),
    parent_id: z.string().nullable(),
    state: ChannelState,
    settings: ChannelSettings,
    message_count: Count,
    last_message: z.object({ role: MessageRole, preview: z.string(), created_at: Timestamp }).nullable(),
    active: z.object({ turn_id: z.string().nullable(), workers: Count, branches: Count }),
    created_at: Timestamp,
    last_activity_at: Timestamp,
    revision: z.int(),
  })
  .register(z.globalRegistry, { id: 'Channel' });
export type Channel = z.infer<typeof Channel>;

const TIMELINE_KINDS = ['message', 'branch', 'worker', 'tool', 'compaction', 'approval'] as const;
export const TimelineKind = z.enum(TIMELINE_KINDS);
export type TimelineKind = z.infer<typeof TimelineKind>;

/** `data` is the object of its kind: a Message, a Branch, a Worker, or the payload of the tool or compaction event. */
export const TimelineItem = z
  .object({ kind: TimelineKind, id: Id, at: Timestamp, data: z.record(z.string(), z.unknown()) })
  .register(z.globalRegistry, { id: 'TimelineItem' });
export type TimelineItem = z.infer<typeof TimelineItem>;
