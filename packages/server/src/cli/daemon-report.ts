/** What a daemon in the background tells the command that started it. */

import { isTable } from '../config/paths.ts';

export interface ReadyReport {
  readonly type: 'ready';
  readonly pid: number;
  readonly url: string;
  readonly state: 'running' | 'setup';
  readonly firstStart: boolean;
  /** On the very first start only. */
  readonly token: string | null;
}

interface FailedReport {
  readonly type: 'failed';
  readonly code: string;
  readonly message: string;
  readonly details: unknown;
}

export type DaemonReport = ReadyReport | FailedReport;

/** `undefined` for messages that are none of ours. */
export function parseDaemonReport(message: unknown): DaemonReport | undefined {
  if (!isTable(message)) return undefined;
  const { type, code, message: text, details, pid, url, state, firstStart, token } = message;
  if (type === 'failed' && typeof code === 'string' && typeof text === 'string') return { type, code, message: text, details };
  if (type !== 'ready' || typeof pid !== 'number' || typeof url !== 'string') return undefined;
  if ((state !== 'running' && state !== 'setup') || typeof firstStart !== 'boolean') return undefined;
  return { type, pid, url, state, firstStart, token: typeof token === 'string' ? token : null };
}
