/** What the command line asks of the daemon: made once, started once, stopped once. */

import type { Clock } from '../core/clock.ts';
import type { AdapterDefinition } from '../core/messaging-adapter.ts';

/** Where the daemon lives and how this run differs from its configuration. */
export interface AppOptions {
  /** Absolute path of the instance root. */
  readonly instanceDir: string;
  /** Absolute path of the configuration file; usually `config.toml` in the root, another one with `--config`. */
  readonly configFile: string;
  readonly packageRoot: string;
  /** Adds the offline demo model and routes every slot to it for this run. */
  readonly demo: boolean;
  /** Also write log lines to stderr; the file gets them in any case. */
  readonly logToTerminal: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Left out: the system's. A test may hold time in its own hands. */
  readonly clock?: Clock;
  /** Platforms beside the built-in ones; a test brings one of its own. */
  readonly platforms?: readonly AdapterDefinition<unknown>[];
}

export interface StartedApp {
  readonly url: string;
  readonly firstStart: boolean;
  /** The API token, on the very first start only. */
  readonly token: string | null;
  readonly state: 'running' | 'setup';
}

export interface App {
  /** Throws `already_running`, `data_locked`, `port_in_use`, or `config_invalid` with `details.issues`. */
  start(): Promise<StartedApp>;
  /** Takes no new turns, gives running ones the time, saves state. Milliseconds. */
  stop(options: { readonly timeoutMs: number }): Promise<void>;
  /** Reads the configuration again; a bad file keeps the running one. */
  reload(): Promise<void>;
  /** Resolves when the daemon was stopped through its API, after everything is saved and the lock is free. */
  readonly stopped: Promise<{ readonly restart: boolean }>;
}

export type CreateApp = (options: AppOptions) => Promise<App>;
