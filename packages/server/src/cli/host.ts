/** What the command line takes from the process around it, so that a test can stand in for all of it. */

import type { Readable } from 'node:stream';
import type { CreateApp } from '../app/app.ts';
import type { Clock } from '../core/clock.ts';

interface TextSink {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  /** Characters per line, when it is a terminal. */
  readonly columns?: number;
}

interface TextSource extends Readable {
  readonly isTTY?: boolean;
}

export type HandledSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

export interface CliHost {
  /** Where migrations, prompts and templates of this package lie. */
  readonly packageRoot: string;
  /** Program and first arguments that run this same command line again. */
  readonly launcher: readonly [string, ...string[]];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly stdin: TextSource;
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  readonly clock: Clock;
  /** Replaces what the signal does; the returned function restores it. */
  onSignal(name: HandledSignal, listener: () => void): () => void;
  /** Ends the process at once, leaving recovery to the next start. */
  exitNow(code: number): void;
  /** The daemon itself; loaded by `start` alone. */
  loadApp(): Promise<CreateApp>;
  /** Tells the process that started this one in the background; absent when there is none. */
  readonly report?: (message: unknown) => Promise<void>;
}
