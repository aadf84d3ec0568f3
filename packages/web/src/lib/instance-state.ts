/** The state of the instance in a word, a tone and a sentence. */

import type { Status } from '@spacebot/protocol/status';

export interface InstanceDescription {
  readonly tone: 'done' | 'running' | 'waiting' | 'failed' | 'neutral';
  readonly word: string;
  readonly sentence: string;
}

export function describeInstance(status: Status | undefined): InstanceDescription {
  if (status === undefined) return { tone: 'neutral', word: 'Connecting', sentence: 'The state of this instance is not known yet.' };
  if (status.paused) return { tone: 'waiting', word: 'Paused', sentence: 'Messages are kept and answered after resuming.' };
  switch (status.state) {
    case 'running':
      return { tone: 'done', word: 'Running', sentence: 'Messages are taken in and answered.' };
    case 'setup':
      return { tone: 'waiting', word: 'Setup', sentence: 'No model provider is configured, so nothing can be answered yet.' };
    case 'starting':
      return { tone: 'running', word: 'Starting', sentence: 'The instance is starting.' };
    case 'stopping':
      return { tone: 'running', word: 'Stopping', sentence: 'The instance is stopping; running turns are being finished.' };
    case 'degraded':
      return { tone: 'failed', word: 'Degraded', sentence: 'A store refuses writes, so no new messages are taken in.' };
  }
}

/** Adapters that a person should look at; one that is switched off is as it should be. */
export function unwellAdapters(status: Status): Status['adapters'] {
  return status.adapters.filter((adapter) => !['connected', 'starting', 'disabled'].includes(adapter.state));
}
