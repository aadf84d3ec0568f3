/** The file itself: read, check, edit. Works without a daemon and while the file is broken. */

import { readFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import type { Clock } from '../core/clock.ts';
import { ConfigError, ConflictError } from '../core/errors.ts';
import { type NewId, sha256 } from '../core/ids.ts';
import { hasErrors, makeIssue } from './issues.ts';
import { type LoadResult, loadConfig } from './load.ts';
import { literalCredentials, MASK, maskText, restoreMasked } from './masking.ts';
import { deletePath, formatKeyPath, type KeyPath, parsePath, readPath, type Table, writePath } from './paths.ts';
import { configSchemas } from './schema/root.ts';
import { schemaAt } from './schema/walk.ts';
import type { ConfigIssue, ConfigSnapshot, Environment, SecretResolver } from './snapshot.ts';
import { parseToml } from './toml.ts';

export interface ConfigFileOptions {
  readonly instanceDir: string;
  readonly configPath: string;
  readonly environment: Environment;
  readonly secrets: SecretResolver;
  readonly clock: Clock;
  readonly newId: NewId;
}

export interface FileContent {
  /** `null` when there is no file. */
  readonly text: string | null;
  readonly revision: string;
}

/** Keys by dotted path, agents by id: `agents.main.max_turns`. */
export interface ConfigPatch {
  readonly set?: Readonly<Record<string, unknown>>;
  readonly unset?: readonly string[];
}

export interface ValidationResult {
  readonly valid: boolean;
  readonly issues: readonly ConfigIssue[];
}

export class ConfigFile {
  readonly #options: ConfigFileOptions;
  /** Name in issues: relative to the instance directory where it lies there. */
  readonly name: string;

  constructor(options: ConfigFileOptions) {
    this.#options = options;
    const inside = relative(options.instanceDir, options.configPath);
    this.name = inside.startsWith('..') ? basename(options.configPath) : inside;
  }

  get path(): string {
    return this.#options.configPath;
  }

  /** Throws ConfigError `config_invalid` when the file is there and cannot be read. */
  async read(): Promise<FileContent> {
    try {
      const bytes = await readFile(this.path);
      const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
      return { text, revision: sha256(text) };
    } catch (error) {
      if (isMissing(error)) return { text: null, revision: sha256('') };
      const reason = error instanceof TypeError ? 'is not UTF-8 text' : 'cannot be read';
      const details = { severity: 'error', code: 'syntax', path: [], message: `the file ${reason}` } as const;
      throw invalidConfig([makeIssue(this.name, { line: 1, column: 1 }, '', details)], error);
    }
  }

  load(text: string | null, version: number, running: ConfigSnapshot | null): LoadResult {
    const { instanceDir, environment, secrets, clock } = this.#options;
    const now = clock.now();
    return loadConfig({ text, path: this.path, instanceDir, fileName: this.name, environment, secrets, now, version, running });
  }

  /** A file that disappears under a running daemon is a fault, not an empty configuration. */
  gone(): InvalidConfigError {
    return invalidConfig([
      makeIssue(this.name, null, '', { severity: 'error', code: 'missing_required', path: [], message: 'the file is gone' }),
    ]);
  }

  validate(text: string): ValidationResult {
    const { issues } = this.load(text, 0, null);
    return { valid: !hasErrors(issues), issues };
  }

  /** Literal credentials as `***`. */
  async raw(): Promise<{ readonly text: string; readonly revision: string }> {
    const { text, revision } = await this.read();
    return { text: await maskText(text ?? ''), revision };
  }

  /** Throws ConfigError `config_invalid`, `config_write_failed` or ConflictError `revision_conflict`; the file is unchanged then. */
  async patch(change: ConfigPatch, ifMatch?: string): Promise<FileContent> {
    const { appendEntry, editText } = await import('./edit-text.ts');
    return this.edit((text, tree) => {
      const hasAgents = !namesImplicitAgent(tree, change);
      return editText(hasAgents ? text : appendEntry(text, 'agents', { id: 'main' }), (edited) => applyPatch(edited, change));
    }, ifMatch);
  }

  /** Like `patch`, for any edit of the text; `tree` is what the text says, and `change` may throw to give up. */
  async edit(change: (text: string, tree: Table) => string, ifMatch?: string): Promise<FileContent> {
    const before = await this.read();
    requireRevision(before, ifMatch);
    const text = before.text ?? '';
    const tree = this.#requireReadable(text);
    return this.#replace(before, change(text, tree));
  }

  /** `***` in a credential keeps the stored value. Without `ifMatch` whatever is there is replaced. */
  async putRaw(text: string, ifMatch?: string): Promise<FileContent> {
    const before = await this.read();
    requireRevision(before, ifMatch);
    const tree = this.#requireReadable(text);
    if (!literalCredentials(tree).some(({ value }) => value === MASK)) return this.#replace(before, text);
    const stored = parseToml(before.text ?? '');
    const { editText } = await import('./edit-text.ts');
    const restored = editText(text, (incoming) => {
      const missing = restoreMasked(incoming, 'problem' in stored ? {} : stored.tree);
      if (missing.length > 0) throw invalidConfig(missing.map((path) => this.#nothingStored(path, incoming)));
    });
    return this.#replace(before, restored);
  }

  #nothingStored(path: KeyPath, tree: Table): ConfigIssue {
    const name = formatKeyPath(path, tree);
    return makeIssue(this.name, null, name, {
      severity: 'error',
      code: 'invalid_value',
      path,
      message: `${name}: "***" keeps the stored value, and none is stored`,
    });
  }

  #requireReadable(text: string): Table {
    const parsed = parseToml(text);
    if ('problem' in parsed) throw invalidConfig(this.validate(text).issues);
    return parsed.tree;
  }

  async #replace(before: FileContent, text: string): Promise<FileContent> {
    const { valid, issues } = this.validate(text);
    if (!valid) throw invalidConfig(issues);
    const revision = sha256(text);
    if (revision === before.revision && before.text !== null) return before;
    requireRevision(await this.read(), before.revision);
    await this.#write(before, text);
    return { text, revision };
  }

  async #write(before: FileContent, text: string): Promise<void> {
    const { keepCopy, replaceFile } = await import('./write-file.ts');
    const { instanceDir, newId } = this.#options;
    try {
      if (before.text !== null) await keepCopy(join(instanceDir, 'data', 'config-history'), before.text, newId);
      await replaceFile(this.path, text, newId);
    } catch (cause) {
      throw new ConfigError('config_write_failed', `${this.name} could not be written; it is unchanged.`, { cause });
    }
  }
}

/** `config_invalid`; the issues stand in `details` too, for machines. */
export class InvalidConfigError extends ConfigError {
  readonly issues: readonly ConfigIssue[];

  constructor(message: string, issues: readonly ConfigIssue[], cause: unknown) {
    super('config_invalid', message, { details: { issues }, ...(cause === undefined ? {} : { cause }) });
    this.issues = issues;
  }
}

export function invalidConfig(issues: readonly ConfigIssue[], cause?: unknown): InvalidConfigError {
  const first = issues.find((issue) => issue.severity === 'error');
  const place = first?.line == null ? '' : ` (line ${first.line}, column ${first.column})`;
  const message = first === undefined ? 'The configuration is invalid.' : `The configuration is invalid: ${first.message}${place}`;
  return new InvalidConfigError(message, issues, cause);
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}

function requireRevision(current: FileContent, expected: string | undefined): void {
  if (expected === undefined || expected === current.revision) return;
  const details = { expected, current: current.revision };
  throw new ConflictError('revision_conflict', 'The configuration was changed since it was read.', { details });
}

/** Edits the tree in place. Throws `config_invalid` for a key that does not exist. */
export function applyPatch(tree: Table, change: ConfigPatch): void {
  for (const name of change.unset ?? []) deletePath(tree, resolvePath(tree, name));
  for (const [name, value] of Object.entries(change.set ?? {})) {
    const path = resolvePath(tree, name);
    // Such a key would load with a warning and do nothing; writing it is a mistake.
    if (schemaAt(configSchemas().file, path) === undefined || value === null) throw refusedPath(name);
    if (value !== MASK && !writePath(tree, path, value)) throw refusedPath(name);
  }
}

/** A file without agents has `main` implicitly, which must be written out before it has keys. */
function namesImplicitAgent(tree: Table, change: ConfigPatch): boolean {
  return tree.agents === undefined && Object.keys(change.set ?? {}).some((name) => name.startsWith('agents.main.'));
}

/** Agents go by id in requests and by position in the file. */
function resolvePath(tree: Table, name: string): KeyPath {
  const path = parsePath(name);
  if (path === undefined) throw refusedPath(name);
  const [root, id, ...rest] = path;
  if (root !== 'agents' || typeof id !== 'string' || rest.length === 0) return path;
  const agents: unknown = tree.agents;
  const index = Array.isArray(agents) ? agents.findIndex((agent) => readPath(agent, ['id']) === id) : -1;
  if (index === -1) throw refusedPath(name);
  return ['agents', index, ...rest];
}

function refusedPath(name: string): ConfigError {
  const message = `unknown key "${name}"`;
  return invalidConfig([makeIssue('config.toml', null, name, { severity: 'error', code: 'unknown_key', path: [name], message })]);
}
