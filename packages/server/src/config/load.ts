/** Turns text, environment and secrets into one snapshot, or into the issues that stand in the way; reads and writes nothing. */

import { sha256 } from '../core/ids.ts';
import { resolveAgents, resolveSettings } from './agents.ts';
import { checkKeys, checkValues, createReporter, reportReferences } from './check.ts';
import { checkWritten } from './cross-checks.ts';
import { type EnvironmentLayer, readEnvironment } from './environment.ts';
import { hasErrors, makeIssue } from './issues.ts';
import { mergeLayers, mergeTables } from './layers.ts';
import { isLoopback } from './network.ts';
import { normalizeTree } from './normalize.ts';
import { isTable, type Table } from './paths.ts';
import { resolveReferences } from './references.ts';
import { keepRunningValues } from './restart-keys.ts';
import { configSchemas, type InstanceValues } from './schema/root.ts';
import type { ConfigIssue, ConfigSnapshot, Environment, SecretResolver, ValueSource } from './snapshot.ts';
import { parseToml } from './toml.ts';

export interface LoadInput {
  /** `null` when there is no file. */
  readonly text: string | null;
  readonly path: string;
  readonly instanceDir: string;
  /** Name of the file in issues. */
  readonly fileName: string;
  readonly environment: Environment;
  readonly secrets: SecretResolver;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly version: number;
  /** What runs now: its restart keys stay in force. `null` at start. */
  readonly running: ConfigSnapshot | null;
}

export interface LoadedConfig {
  readonly snapshot: ConfigSnapshot;
  /** File over environment, without defaults, agents by id: what two loads are compared by. */
  readonly written: Table;
}

export type LoadResult = { readonly issues: readonly ConfigIssue[]; readonly loaded: LoadedConfig | null };

/** `loaded` is `null` exactly when an issue is an error. */
export function loadConfig(input: LoadInput): LoadResult {
  const parsed = parseToml(input.text ?? '');
  if ('problem' in parsed) {
    const details = { severity: 'error', code: 'syntax', path: [], message: parsed.problem } as const;
    return { issues: [makeIssue(input.fileName, parsed.position, '', details)], loaded: null };
  }
  const reporter = createReporter(input.fileName, parsed.tree, parsed.positions);
  const environment = readEnvironment(input.environment);
  const resolved = resolveReferences(parsed.tree, input);
  checkValues(resolved.tree, reporter);
  checkKeys(reporter);
  reportReferences(resolved, reporter);
  if (!hasErrors(reporter.issues)) checkWritten(resolved.tree, environment, reporter);
  const issues = [...sortByPlace(reporter.issues), ...environmentIssues(environment)];
  if (hasErrors(issues)) return { issues, loaded: null };
  return { issues, loaded: assemble(input, resolved.tree, environment, issues) };
}

function assemble(input: LoadInput, resolved: Table, environment: EnvironmentLayer, issues: readonly ConfigIssue[]): LoadedConfig {
  const file = normalizeTree(resolved);
  const { agents: entries, ...shared } = file;
  const merged = mergeLayers([
    { source: 'env', values: environment.tree },
    { source: 'file', values: shared },
  ]);
  const values = configSchemas().instance.parse(merged.values, { jitless: true });
  disableUnguardedWebhooks(values);
  const defaults = isTable(merged.values.defaults) ? merged.values.defaults : {};
  const agents = resolveAgents(Array.isArray(entries) ? entries : [], defaults, input.instanceDir, environment.values.maxAgents);
  const restartRequired = input.running === null ? [] : keepRunningValues(values, agents, input.running);
  const snapshot: ConfigSnapshot = {
    revision: sha256(input.text ?? ''),
    version: input.version,
    instanceDir: input.instanceDir,
    path: input.path,
    hasFile: input.text !== null,
    loadedAt: input.now,
    values,
    defaults: resolveSettings(defaults),
    agents: agents.map((agent) => agent.config),
    environment: environment.values,
    issues,
    sources: allSources(merged.sources, agents),
    restartRequired,
  };
  const written = mergeTables(merged.values, { agents: Object.fromEntries(agents.map((agent) => [agent.config.id, agent.written])) });
  return { snapshot: deepFreeze(snapshot), written };
}

type Sources = Readonly<Record<string, ValueSource>>;

/** An agent's value comes from its own entry, else from wherever `[defaults]` has it. */
function allSources(shared: Sources, agents: ReturnType<typeof resolveAgents>): Sources {
  const all: Record<string, ValueSource> = { ...shared };
  for (const { config, written } of agents) {
    for (const [path, source] of Object.entries(shared)) {
      if (path.startsWith('defaults.')) all[path.replace('defaults', `agents.${config.id}`)] = source;
    }
    const own = mergeLayers([{ source: 'file', values: { agents: { [config.id]: written } } }]);
    Object.assign(all, own.sources);
  }
  return all;
}

/** A webhook open to the network whose credential refers to nothing must not run unguarded. */
function disableUnguardedWebhooks(values: InstanceValues): void {
  const { webhook } = values.messaging;
  for (const adapter of [webhook, ...webhook.instances]) {
    const isGuarded = Boolean(adapter.auth_token || adapter.hmac_secret);
    if (!isGuarded && !isLoopback(adapter.bind)) adapter.enabled = false;
  }
}

function environmentIssues(environment: EnvironmentLayer): ConfigIssue[] {
  return environment.problems.map(({ variable, expected }) =>
    makeIssue('environment', null, variable, {
      severity: 'warning',
      code: 'invalid_value',
      path: [variable],
      expected,
      message: `${variable}: expected ${expected}; the variable is ignored`,
    }),
  );
}

function sortByPlace(issues: readonly ConfigIssue[]): ConfigIssue[] {
  return issues.toSorted((left, right) => (left.line ?? 0) - (right.line ?? 0) || (left.column ?? 0) - (right.column ?? 0));
}

function deepFreeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const child of Object.values(value)) deepFreeze(child);
  }
  return value;
}
