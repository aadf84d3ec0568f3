/** What differs between the kinds of process, as one table of data. */

import type { AgentSettings } from '../config/snapshot.ts';
import type { ProcessKind } from '../core/tool.ts';

export interface ProcessProfile {
  /** Model calls of one run. */
  readonly maxTurns: (settings: AgentSettings) => number;
  /** Tokens of one answer at most. */
  readonly maxOutputTokens: number;
}

export const PROCESS_PROFILES: Readonly<Record<Extract<ProcessKind, 'channel'>, ProcessProfile>> = {
  channel: { maxTurns: (settings) => settings.max_turns, maxOutputTokens: 8_192 },
};
