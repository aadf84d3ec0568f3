/** What every command gets: who asks, about which instance, and how to answer. */

import type { Client } from '@spacebot/protocol/client';
import type { CliHost } from './host.ts';
import type { InstancePaths } from './instance-paths.ts';
import type { Output } from './output.ts';

/** Throws only `AppError`: `not_running` when nobody answers, otherwise the code that the daemon gave. */
export type DaemonClient = Client;

export interface GlobalFlags {
  readonly config?: string;
  readonly dir?: string;
  readonly url?: string;
  readonly token?: string;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly debug?: boolean;
}

export interface CommandContext {
  readonly host: CliHost;
  readonly flags: GlobalFlags;
  readonly instance: InstancePaths;
  readonly output: Output;
  /** Address of another machine's daemon when one was named; `null` = the local instance. */
  readonly remote: string | null;
  /** A client for the daemon; does not connect yet. */
  connect(): Promise<DaemonClient>;
}
