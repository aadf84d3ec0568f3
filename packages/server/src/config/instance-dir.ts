/** Where an instance lives on disk. */

import { chmodSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Environment } from './snapshot.ts';

export interface InstanceDirInput {
  /** `--dir DIR` */
  readonly dir?: string | undefined;
  /** `--config FILE` */
  readonly config?: string | undefined;
  readonly environment: Environment;
}

export interface InstanceDir {
  /** Absolute. */
  readonly dir: string;
  /** Absolute; need not exist. */
  readonly configPath: string;
}

/** `--dir`, else `$SPACEBOT_DIR`, else the folder of `--config`, else `~/.spacebot`. The same rule for every command. */
export function resolveInstanceDir(input: InstanceDirInput): InstanceDir {
  const file = input.config ? resolve(expandHome(input.config)) : undefined;
  const named = input.dir || input.environment.SPACEBOT_DIR || (file === undefined ? join(homedir(), '.spacebot') : dirname(file));
  const dir = resolve(expandHome(named));
  return { dir, configPath: file ?? join(dir, 'config.toml') };
}

function expandHome(path: string): string {
  return path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : path;
}

/** Makes the folder and those above it; 0700 when it is new. Throws what the system says. */
export function ensurePrivateFolder(folder: string): void {
  const made = mkdirSync(folder, { recursive: true, mode: 0o700 });
  // The process's umask may have taken bits away, never added any.
  if (made !== undefined) chmodSync(folder, 0o700);
}
