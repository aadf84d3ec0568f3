/** Files of one agent under their SHA-256: written and synced first, named by a row afterwards, so a row never points at nothing. */

import { access, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { NotFoundError, StorageError } from '../core/errors.ts';
import { type NewId, sha256 } from '../core/ids.ts';

const HASH = /^[0-9a-f]{64}$/;

export class BlobStore {
  readonly #folder: string;
  readonly #newId: NewId;

  /** `folder` is absolute and made on first use. */
  constructor(folder: string, newId: NewId) {
    this.#folder = folder;
    this.#newId = newId;
  }

  /** Returns the SHA-256 of the bytes, 64 hex digits, once they are durable. A repeat writes nothing. Throws `StorageError`. */
  async put(bytes: Uint8Array): Promise<string> {
    const hash = sha256(bytes);
    try {
      if (!(await exists(this.pathOf(hash)))) await this.#write(hash, bytes);
      return hash;
    } catch (error) {
      throw new StorageError('storage_error', 'The file could not be stored.', { cause: error });
    }
  }

  /** Throws `NotFoundError('attachment_not_found')` for an unknown hash. */
  async get(hash: string): Promise<Uint8Array> {
    try {
      return await readFile(this.pathOf(hash));
    } catch (error) {
      throw new NotFoundError('attachment_not_found', 'The file is no longer kept.', { cause: error });
    }
  }

  /** Absolute path of the file that holds, or would hold, these bytes. */
  pathOf(hash: string): string {
    if (!HASH.test(hash)) throw new NotFoundError('attachment_not_found', 'There is no such file.');
    return join(this.#folder, hash.slice(0, 2), hash);
  }

  async #write(hash: string, bytes: Uint8Array): Promise<void> {
    const folder = join(this.#folder, hash.slice(0, 2));
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const draft = join(folder, `.${this.#newId()}`);
    try {
      await writeSynced(draft, bytes);
      await rename(draft, join(folder, hash));
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
    await syncFolder(folder);
    await syncFolder(this.#folder);
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A rename is durable only once its folder is. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
