/** The state of an agent in a word and a tone. */

import type { Agent } from '@spacebot/protocol/agents';

export interface AgentDescription {
  readonly tone: 'done' | 'running' | 'waiting' | 'failed';
  readonly word: string;
}

export function describeAgent(agent: Agent): AgentDescription {
  if (agent.paused) return { tone: 'waiting', word: 'Paused' };
  switch (agent.state) {
    case 'ready':
      return { tone: 'done', word: 'Ready' };
    case 'starting':
      return { tone: 'running', word: 'Starting' };
    case 'paused':
      return { tone: 'waiting', word: 'Paused' };
    case 'error':
      return { tone: 'failed', word: 'Failed' };
  }
}

/** The model its conversations use, or `null` when routing does not name one. */
export function channelModelOf(agent: Agent): string | null {
  const model = agent.routing.channel;
  return typeof model === 'string' ? model : null;
}
