/** Holds the snapshot that runs, replaces it as a whole when the file changes, and tells who listens. */

import type { Clock } from '../core/clock.ts';
import { type AppError, ConfigError, isAppError } from '../core/errors.ts';
import type { NewId } from '../core/ids.ts';
import type { Logger } from '../core/logger.ts';
import { ConfigFile, type ConfigPatch, type FileContent, InvalidConfigError, invalidConfig } from './config-file.ts';
import { diffTrees } from './layers.ts';
import type { LoadedConfig } from './load.ts';
import { needsRestart } from './restart-keys.ts';
import type { ConfigChange, ConfigIssue, ConfigSnapshot, Environment, SecretResolver } from './snapshot.ts';
import { watchFile } from './watch-file.ts';

export interface ConfigStoreOptions {
  /** Absolute; see `resolveInstanceDir`. */
  readonly instanceDir: string;
  readonly configPath: string;
  readonly environment: Environment;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly log: Logger;
  /** Without it every `secret:NAME` is unresolved. */
  readonly secrets?: SecretResolver;
}

/** Must not throw; called in order, after `current()` returns `next`. */
export type ConfigListener = (next: ConfigSnapshot, previous: ConfigSnapshot, change: ConfigChange) => void;
/** The previous snapshot stays in force. */
export type ConfigFailureListener = (issues: readonly ConfigIssue[], reason: string) => void;

export interface ConfigEditResult {
  readonly revision: string;
  readonly changed: readonly string[];
  readonly restartRequired: readonly string[];
  readonly issues: readonly ConfigIssue[];
}

export class ConfigStore {
  readonly #options: ConfigStoreOptions;
  readonly #listeners = new Set<ConfigListener>();
  readonly #failureListeners = new Set<ConfigFailureListener>();
  readonly file: ConfigFile;
  #loaded: LoadedConfig | undefined;
  #lastError: AppError | null = null;
  /** Revision that was read last, good or bad. */
  #seenRevision = '';
  #queue: Promise<unknown> = Promise.resolve();
  #stopWatching: (() => void) | undefined;

  constructor(options: ConfigStoreOptions) {
    this.#options = options;
    this.file = new ConfigFile({ ...options, secrets: options.secrets ?? { get: () => undefined } });
  }

  /** Reads the file for the first time. Throws ConfigError `config_invalid` with `details.issues`. */
  async load(): Promise<ConfigSnapshot> {
    const content = await this.file.read();
    const { issues, loaded } = this.file.load(content.text, 1, null);
    if (loaded === null) throw invalidConfig(issues);
    this.#seenRevision = content.revision;
    this.#loaded = loaded;
    return loaded.snapshot;
  }

  /** Throws when `load` has not succeeded yet. */
  current(): ConfigSnapshot {
    return this.#requireLoaded().snapshot;
  }

  /** Why the file on disk is not in force; `null` when it is. */
  get lastError(): AppError | null {
    return this.#lastError;
  }

  subscribe(listener: ConfigListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  subscribeFailures(listener: ConfigFailureListener): () => void {
    this.#failureListeners.add(listener);
    return () => this.#failureListeners.delete(listener);
  }

  /** Reads file and secrets again. Resolves with the change, or with `null` when the file is bad and the running snapshot stays. */
  reload(reason: string): Promise<ConfigChange | null> {
    return this.#serialize(() => this.#readAgain(reason));
  }

  startWatching(): void {
    this.#stopWatching ??= watchFile(this.file.path, this.#options.clock, () => {
      this.#serialize(() => this.#reloadIfChanged()).catch((error: unknown) =>
        this.#options.log.error('configuration watch failed', { error }),
      );
    });
  }

  stopWatching(): void {
    this.#stopWatching?.();
    this.#stopWatching = undefined;
  }

  /** Writes keys and applies them at once. Errors as for `ConfigFile.patch`. */
  patch(change: ConfigPatch, ifMatch?: string): Promise<ConfigEditResult> {
    return this.#write(() => this.file.patch(change, ifMatch), 'api');
  }

  putRaw(text: string, ifMatch?: string): Promise<ConfigEditResult> {
    return this.#write(() => this.file.putRaw(text, ifMatch), 'api');
  }

  /** Runs any edit of the file and applies what it wrote. */
  apply(edit: (file: ConfigFile) => Promise<FileContent>, reason: string): Promise<ConfigEditResult> {
    return this.#write(() => edit(this.file), reason);
  }

  #write(edit: () => Promise<FileContent>, reason: string): Promise<ConfigEditResult> {
    return this.#serialize(async () => {
      this.#requireLoaded();
      const content = await edit();
      const change = this.#take(content, reason);
      if (change === null) throw this.#lastError ?? new ConfigError('config_invalid', 'The configuration is invalid.');
      return { revision: content.revision, changed: change.changed, restartRequired: change.restartRequired, issues: change.issues };
    });
  }

  async #reloadIfChanged(): Promise<void> {
    const content = await this.file.read().catch(() => undefined);
    if (content?.revision === this.#seenRevision) return;
    await this.#readAgain('file');
  }

  async #readAgain(reason: string): Promise<ConfigChange | null> {
    try {
      return this.#take(await this.file.read(), reason);
    } catch (error) {
      if (!isAppError(error)) throw error;
      this.#seenRevision = '';
      return this.#fail(error, reason);
    }
  }

  #take(content: FileContent, reason: string): ConfigChange | null {
    const previous = this.#requireLoaded();
    this.#seenRevision = content.revision;
    if (content.text === null && previous.snapshot.hasFile) return this.#fail(this.file.gone(), reason);
    const { issues, loaded } = this.file.load(content.text, previous.snapshot.version + 1, previous.snapshot);
    if (loaded === null) return this.#fail(invalidConfig(issues), reason);
    this.#loaded = loaded;
    this.#lastError = null;
    const paths = diffTrees(previous.written, loaded.written);
    const change: ConfigChange = {
      reason,
      changed: paths.filter((path) => !needsRestart(path)),
      restartRequired: loaded.snapshot.restartRequired,
      issues: loaded.snapshot.issues,
    };
    for (const listener of this.#listeners) this.#tell(() => listener(loaded.snapshot, previous.snapshot, change));
    return change;
  }

  #fail(error: AppError, reason: string): null {
    this.#lastError = error;
    const issues = issuesOf(error);
    for (const listener of this.#failureListeners) this.#tell(() => listener(issues, reason));
    return null;
  }

  /** A listener that throws must not keep the next one from hearing of the change. */
  #tell(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#options.log.error('configuration listener failed', { error });
    }
  }

  #serialize<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#queue.then(work);
    this.#queue = result.catch(() => {});
    return result;
  }

  #requireLoaded(): LoadedConfig {
    if (this.#loaded === undefined) throw new Error('the configuration has not been loaded');
    return this.#loaded;
  }
}

/** The issues of a `config_invalid` error; empty for any other. */
export function issuesOf(error: AppError): readonly ConfigIssue[] {
  return error instanceof InvalidConfigError ? error.issues : [];
}
