/** SOUL, IDENTITY, USER and ROLE of an agent: read when they changed, left out when blank, an error when they cannot be read. */

import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { StorageError } from '../core/errors.ts';
import { takeBytes } from '../core/text.ts';

export const IDENTITY_PARTS = ['soul', 'identity', 'user', 'role'] as const;
export type IdentityPart = (typeof IDENTITY_PARTS)[number];

/** Longest identity file, bytes (contract 7.4). */
export const IDENTITY_LIMIT = 64 * 1024;

export type IdentityTexts = Readonly<Record<IdentityPart, string>>;

export function identityFileName(part: IdentityPart): string {
  return `${part.toUpperCase()}.md`;
}

/** Keeps the texts of one agent and reads a file again when its size or time changed. */
export class IdentityFiles {
  readonly #directory: string;
  #stamp = '';
  #texts: IdentityTexts = { soul: '', identity: '', user: '', role: '' };

  constructor(agentDirectory: string) {
    this.#directory = agentDirectory;
  }

  /** Throws `StorageError` when a file exists and cannot be read: an unreadable identity is not an absent one. */
  read(): { readonly stamp: string; readonly texts: IdentityTexts } {
    const stamp = IDENTITY_PARTS.map((part) => this.#stampOf(part)).join('|');
    if (stamp !== this.#stamp) {
      this.#texts = { soul: this.#load('soul'), identity: this.#load('identity'), user: this.#load('user'), role: this.#load('role') };
      this.#stamp = stamp;
    }
    return { stamp, texts: this.#texts };
  }

  #stampOf(part: IdentityPart): string {
    const stat = statSync(join(this.#directory, identityFileName(part)), { throwIfNoEntry: false });
    return stat ? `${stat.mtimeMs}:${stat.size}` : '-';
  }

  #load(part: IdentityPart): string {
    const path = join(this.#directory, identityFileName(part));
    if (!statSync(path, { throwIfNoEntry: false })) return '';
    try {
      return takeBytes(readFileSync(path, 'utf8'), IDENTITY_LIMIT).trim();
    } catch (error) {
      throw new StorageError('storage_error', `${identityFileName(part)} cannot be read.`, { cause: error });
    }
  }
}
