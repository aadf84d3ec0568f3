/** The wire form of an event. */

import type { SpacebotEvent } from '@spacebot/protocol/events';

/** Ephemeral events have no `id` line, so that a reader never resumes from one. */
export function formatFrame(event: SpacebotEvent): string {
  const data = JSON.stringify(event);
  return event.id === null ? `event: ${event.type}\ndata: ${data}\n\n` : `id: ${event.id}\nevent: ${event.type}\ndata: ${data}\n\n`;
}

/** An ephemeral event that the stream itself makes. */
export function makeNotice(type: 'resync' | 'lagged', at: string, data: Record<string, unknown>): string {
  const envelope = { id: null, type, at, agent_id: null, conversation_id: null, turn_id: null, data };
  return `event: ${type}\ndata: ${JSON.stringify(envelope)}\n\n`;
}
