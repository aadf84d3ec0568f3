/** Messages, channels and events as the server would send them; for tests alone. */

import type { Channel } from '@spacebot/protocol/channels';
import type { EventData, EventOf, EventType, SpacebotEvent } from '@spacebot/protocol/events';
import type { Message, Usage } from '@spacebot/protocol/messages';

export const AGENT = 'main';
export const CONVERSATION = 'portal:chat:main:test';

const START = Date.UTC(2026, 2, 1, 12);

/** RFC 3339, `seconds` after a fixed noon. */
export function at(seconds: number): string {
  return new Date(START + seconds * 1000).toISOString();
}

export const usage: Usage = {
  input_tokens: 10,
  output_tokens: 5,
  cache_read_tokens: 0,
  cache_write_tokens: 0,
  reasoning_tokens: 0,
  requests: 1,
  cost_usd: 0.001,
  cost_status: 'priced',
};

export function sampleMessage(seq: number, change: Partial<Message> = {}): Message {
  return {
    id: `m${seq}`,
    agent_id: AGENT,
    conversation_id: CONVERSATION,
    seq,
    role: 'user',
    author: { id: 'operator', name: 'Operator' },
    content: `message ${seq}`,
    attachments: [],
    platform_message_id: null,
    reply_to_id: null,
    turn_id: null,
    delivery: 'received',
    edited_at: null,
    deleted_at: null,
    metadata: {},
    created_at: at(seq * 10),
    ...change,
  };
}

export function sampleChannel(change: Partial<Channel> = {}): Channel {
  return {
    agent_id: AGENT,
    id: CONVERSATION,
    platform: 'portal',
    adapter: 'portal',
    display_name: 'Test',
    place: { server_name: null, channel_name: null, is_direct: true },
    parent_id: null,
    state: 'idle',
    settings: { model: null, memory: null, delegation: null, response_mode: null, save_attachments: null },
    message_count: 0,
    last_message: null,
    active: { turn_id: null, workers: 0, branches: 0 },
    created_at: at(0),
    last_activity_at: at(0),
    revision: 1,
    ...change,
  };
}

type Envelope = Partial<Omit<EventOf<EventType>, 'type' | 'data'>>;

/** One event of the sample conversation; turn `t1` unless told. */
export function sampleEvent<Type extends EventType>(type: Type, data: EventData<Type>, envelope: Envelope = {}): EventOf<Type> {
  return { id: 1, type, at: at(0), agent_id: AGENT, conversation_id: CONVERSATION, turn_id: 't1', data, ...envelope };
}

/** A whole turn as it is seen live: started, a tool, an answer in two pieces, done. */
export function sampleTurn(): readonly SpacebotEvent[] {
  const call = { call_id: 'c1', tool: 'shell', process_type: 'channel', process_id: 'p1' } as const;
  const answer = sampleMessage(2, { role: 'assistant', author: null, content: 'It is noon.', turn_id: 't1', delivery: 'delivered' });
  return [
    sampleEvent('inbound_message', { message: sampleMessage(1) }, { id: 1, at: at(10) }),
    sampleEvent('turn_started', { turn_id: 't1', message_ids: ['m1'], model: 'demo/echo' }, { id: 2, at: at(11) }),
    sampleEvent('tool_started', { ...call, arguments: { command: 'date' } }, { id: 3, at: at(12) }),
    sampleEvent(
      'tool_completed',
      { ...call, is_error: false, code: null, output_preview: '12:00', duration_ms: 40 },
      { id: 4, at: at(13) },
    ),
    sampleEvent('outbound_message_delta', { message_id: 'm2', index: 0, delta: 'It is ' }, { id: null, at: at(14) }),
    sampleEvent('outbound_message_delta', { message_id: 'm2', index: 1, delta: 'noon.' }, { id: null, at: at(15) }),
    sampleEvent('outbound_message', { message: answer, replaced: false, partial: false }, { id: 5, at: at(20) }),
    sampleEvent('turn_completed', { turn_id: 't1', state: 'completed', messages: ['m2'], usage, duration_ms: 9000 }, { id: 6, at: at(21) }),
  ];
}
