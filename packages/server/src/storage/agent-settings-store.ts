/** Settings of one agent that people change at run time, in LMDB; opened when first needed, because an idle daemon has no use for it. */

import { existsSync } from 'node:fs';
import type { Database, RootDatabase } from 'lmdb';

interface OpenSettings {
  readonly root: RootDatabase;
  readonly values: Database<unknown, string>;
}

export class AgentSettingsStore {
  readonly #folder: string;
  #opening: Promise<OpenSettings> | null = null;

  /** `folder` is absolute and made on the first write. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Undefined for what was never set. */
  async get(key: string): Promise<unknown> {
    if (!this.#opening && !existsSync(this.#folder)) return undefined;
    return (await this.#open()).values.get(key);
  }

  /** Durable when it resolves; `null` forgets the setting. */
  async set(key: string, value: unknown): Promise<void> {
    const { values } = await this.#open();
    if (value === null) await values.remove(key);
    else await values.put(key, value);
    await values.flushed;
  }

  async close(): Promise<void> {
    const opening = this.#opening;
    this.#opening = null;
    if (opening) await (await opening).root.close();
  }

  #open(): Promise<OpenSettings> {
    this.#opening ??= import('lmdb').then(({ open }) => {
      const root = open({ path: this.#folder, maxDbs: 4 });
      return { root, values: root.openDB<unknown, string>({ name: 'settings' }) };
    });
    return this.#opening;
  }
}
