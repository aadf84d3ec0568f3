/** `spacebot.pid`: exists only while the daemon runs; proof that it does is the lock, not this file. */

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export class PidFile {
  readonly #path: string;

  constructor(instanceDir: string) {
    this.#path = join(instanceDir, 'spacebot.pid');
  }

  /** Replaces a stale file. */
  write(): void {
    rmSync(this.#path, { force: true });
    writeFileSync(this.#path, `${process.pid}\n`, { mode: 0o600 });
  }

  /** Removes the file when it is still ours. */
  remove(): void {
    try {
      if (Number(readFileSync(this.#path, 'utf8')) === process.pid) rmSync(this.#path, { force: true });
    } catch {
      // Someone removed it already; nothing depends on it.
    }
  }
}
