/** Events that live only while they happen: deltas and typing. Lost without harm, never stored. */

import type { AgentId, ConversationId, TurnId } from './ids.ts';

export interface LiveSignal {
  readonly type: 'outbound_message_delta' | 'reasoning_delta' | 'typing_state';
  readonly agentId: AgentId;
  readonly conversationId: ConversationId;
  readonly turnId: TurnId;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Must not throw and must not block. */
export type EmitSignal = (signal: LiveSignal) => void;
