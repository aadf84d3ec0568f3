/** Files of one agent under their SHA-256: written and synced first, named by a row afterwards, so a row never points at nothing. */

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AppError, NotFoundError, StorageError } from '../core/errors.ts';
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

  /** Streams to disk and hashes on the way; what `content` throws is thrown again and nothing is kept. Sizes in bytes. */
  async putStream(content: AsyncIterable<Uint8Array>): Promise<{ readonly hash: string; readonly size: number }> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const draft = join(this.#folder, `.${this.#newId()}`);
    try {
      const written = await writeStream(draft, content);
      const folder = dirname(this.pathOf(written.hash));
      await mkdir(folder, { recursive: true, mode: 0o700 });
      await rename(draft, this.pathOf(written.hash));
      await syncFolder(folder);
      await syncFolder(this.#folder);
      return written;
    } catch (error) {
      await rm(draft, { force: true });
      if (error instanceof AppError) throw error;
      throw new StorageError('storage_error', 'The file could not be stored.', { cause: error });
    }
  }

  /** The bytes of a stored file, a piece at a time. */
  read(hash: string): AsyncIterable<Uint8Array> {
    return createReadStream(this.pathOf(hash));
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

async function writeStream(path: string, content: AsyncIterable<Uint8Array>): Promise<{ hash: string; size: number }> {
  const digest = createHash('sha256');
  const file = await open(path, 'wx', 0o600);
  let size = 0;
  try {
    for await (const piece of content) {
      digest.update(piece);
      size += piece.byteLength;
      await file.write(piece);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { hash: digest.digest('hex'), size };
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
