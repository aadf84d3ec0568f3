/** What the rest of the system sees of the configuration: one frozen snapshot, made of the file, the environment and built-in defaults. */

import type { AgentId } from '../core/ids.ts';
import type { AgentIdentity, InstanceValues, SettingsValues } from './schema/root.ts';

export type IssueSeverity = 'error' | 'warning' | 'notice';

export type IssueCode =
  | 'syntax'
  | 'type_mismatch'
  | 'out_of_range'
  | 'invalid_value'
  | 'missing_required'
  | 'unknown_key'
  | 'duplicate'
  | 'conflict'
  | 'unresolved_reference'
  | 'literal_credential'
  | 'deprecated'
  | 'unsupported';

/** The JSON form of contract 2.2. `line` and `column` are 1-based and `null` for what does not stand in the file. Never holds a credential. */
export interface ConfigIssue {
  readonly severity: IssueSeverity;
  readonly code: IssueCode;
  /** Name of the file relative to the instance directory, or `environment`. */
  readonly file: string;
  readonly line: number | null;
  readonly column: number | null;
  readonly path: string;
  readonly expected: string | null;
  readonly got: string | null;
  readonly suggestion: string | null;
  readonly message: string;
}

export type ValueSource = 'file' | 'env' | 'default';

/** Settings of one agent: `[defaults]` and its `[[agents]]` entry merged, names as in the file, timezones always set to a valid IANA name. */
export type AgentSettings = DeepReadonly<SettingsValues & { cron_timezone: string; user_timezone: string }>;

type CronEntry = DeepReadonly<AgentIdentity['cron'][number]>;

export interface AgentConfig {
  readonly id: AgentId;
  /** `display_name`, else the id. */
  readonly displayName: string;
  readonly role: string | null;
  /** True for exactly one agent. */
  readonly isDefault: boolean;
  /** Absolute; `agents/<id>` of the instance directory. Identity files and data lie here. */
  readonly directory: string;
  /** Absolute root of the file and shell tools. */
  readonly workspace: string;
  readonly settings: AgentSettings;
  readonly cron: readonly CronEntry[];
}

/** What only the environment can say. */
export interface EnvironmentValues {
  readonly deployment: 'docker' | 'hosted' | null;
  /** Cap on agents; `null` = none. */
  readonly maxAgents: number | null;
  readonly anthropicBaseUrl: string | null;
  readonly anthropicAuthToken: string | null;
  readonly openaiBaseUrl: string | null;
}

/** Deeply frozen. A turn keeps the snapshot it began with. Values hold resolved credentials: log or show only what `maskedValues` returns. */
export interface ConfigSnapshot {
  /** SHA-256 of the file's text, 64 hex digits; of the empty text when there is no file. Also the ETag. */
  readonly revision: string;
  /** Counts loaded configurations of this process from 1. */
  readonly version: number;
  readonly instanceDir: string;
  /** Absolute path of the file, also when it does not exist. */
  readonly path: string;
  readonly hasFile: boolean;
  /** Milliseconds since the epoch. */
  readonly loadedAt: number;
  readonly values: DeepReadonly<InstanceValues>;
  /** `[defaults]` with environment and built-in defaults; what an agent without own settings has. */
  readonly defaults: AgentSettings;
  /** In file order, never empty. */
  readonly agents: readonly AgentConfig[];
  readonly environment: EnvironmentValues;
  /** Warnings and notices; a snapshot has no errors. */
  readonly issues: readonly ConfigIssue[];
  /** Where each leaf came from, by dotted path; agents by id (`agents.main.max_turns`). A path that is absent has the built-in default. */
  readonly sources: Readonly<Record<string, ValueSource>>;
  /** Changed keys that wait for a restart; the snapshot holds their running values. */
  readonly restartRequired: readonly string[];
}

export interface ConfigChange {
  readonly reason: string;
  /** Dotted paths that act now. */
  readonly changed: readonly string[];
  /** Dotted paths whose running value is kept until the restart. */
  readonly restartRequired: readonly string[];
  readonly issues: readonly ConfigIssue[];
}

/** Where `secret:NAME` is looked up. Must not throw for a name that is absent. */
export interface SecretResolver {
  get(name: string): string | undefined;
}

export type Environment = Readonly<Record<string, string | undefined>>;

type DeepReadonly<Value> = Value extends readonly (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : Value extends object
    ? { readonly [Name in keyof Value]: DeepReadonly<Value[Name]> }
    : Value;

/** The agent that answers where no binding names one. */
export function defaultAgent(snapshot: ConfigSnapshot): AgentConfig {
  const agent = snapshot.agents.find((candidate) => candidate.isDefault) ?? snapshot.agents[0];
  if (agent === undefined) throw new Error('a snapshot always has an agent');
  return agent;
}

export function findAgent(snapshot: ConfigSnapshot, id: string): AgentConfig | undefined {
  return snapshot.agents.find((agent) => agent.id === id);
}
