/** An agent as commands show it, from a daemon or from files; what only a daemon knows is `null` in the latter case. */

import type { Agent } from '@spacebot/protocol/agents';

export type AgentView = Omit<Agent, 'state' | 'counts' | 'created_at'> & {
  /** `stopped`: no daemon runs. */
  readonly state: Agent['state'] | 'stopped';
  readonly counts: { readonly [Name in keyof Agent['counts']]: number | null };
  readonly created_at: string | null;
};

export interface AgentPage {
  readonly items: readonly AgentView[];
  readonly next_cursor: string | null;
}

/** The body of `POST /agents`. */
export interface NewAgent {
  readonly id: string;
  readonly display_name?: string;
  readonly role?: string;
  readonly default?: boolean;
  readonly template?: string;
}
