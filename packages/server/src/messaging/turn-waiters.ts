/** Callers that wait for the end of a turn; woken by doorbells, decided by the tables. */

import type { TurnOutcome } from '../core/messaging-adapter.ts';
import type { AgentSpine } from '../storage/agent/agent-spine.ts';
import type { OutboxRow, TurnRow } from '../storage/agent/records.ts';
import type { AgentDirectory } from './ports.ts';

const FINAL: ReadonlySet<TurnRow['state']> = new Set(['completed', 'failed', 'cancelled', 'parked']);
/** States in which nothing more will be sent. */
export const SETTLED: ReadonlySet<OutboxRow['state']> = new Set(['delivered', 'dead', 'discarded']);

export class TurnWaiters {
  readonly #agents: AgentDirectory;
  readonly #waiting = new Map<string, Set<() => void>>();

  constructor(agents: AgentDirectory) {
    this.#agents = agents;
  }

  /** Something about this turn may have changed. */
  turnMoved(agentId: string, turnId: string): void {
    for (const wake of this.#waiting.get(`${agentId} ${turnId}`) ?? []) wake();
  }

  /** Resolves when the turn is final and everything it said has left, or with `null` when the signal aborts first. */
  wait(agentId: string, turnId: string, signal: AbortSignal): Promise<TurnOutcome | null> {
    return new Promise((resolve) => {
      const key = `${agentId} ${turnId}`;
      const finish = (outcome: TurnOutcome | null) => {
        this.#remove(key, look);
        signal.removeEventListener('abort', give);
        resolve(outcome);
      };
      const give = () => finish(null);
      const look = () => {
        const outcome = this.#outcome(agentId, turnId);
        if (outcome) finish(outcome);
      };
      signal.addEventListener('abort', give, { once: true });
      this.#add(key, look);
      if (signal.aborted) give();
      else look();
    });
  }

  #outcome(agentId: string, turnId: string): TurnOutcome | null {
    const spine = this.#agents.get(agentId)?.spine;
    const turn = spine?.turn(turnId);
    if (!spine || !turn || !FINAL.has(turn.state) || !hasLeft(spine, turnId)) return null;
    const error = turn.error_code === null ? null : { code: turn.error_code, message: turn.error_message ?? '' };
    if (turn.state === 'completed') return { state: 'completed', error };
    return { state: turn.state === 'cancelled' ? 'cancelled' : 'failed', error };
  }

  #add(key: string, look: () => void): void {
    const found = this.#waiting.get(key);
    if (found) found.add(look);
    else this.#waiting.set(key, new Set([look]));
  }

  #remove(key: string, look: () => void): void {
    const found = this.#waiting.get(key);
    found?.delete(look);
    if (found?.size === 0) this.#waiting.delete(key);
  }
}

function hasLeft(spine: AgentSpine, turnId: string): boolean {
  return spine.deliveriesOfTurn(turnId).every((row) => SETTLED.has(row.state));
}
