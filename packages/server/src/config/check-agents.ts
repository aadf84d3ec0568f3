/** Rules between keys of `[defaults]` and `[[agents]]`. */

import { type IssueReporter, reportConflict } from './check.ts';
import { mergeTables } from './layers.ts';
import { isCidr } from './network.ts';
import { tablesOf } from './normalize.ts';
import { formatKeyPath, isTable, type KeyPath, readPath, type Table } from './paths.ts';
import { configSchemas } from './schema/root.ts';
import { isTimezone } from './timezone.ts';

export function checkAgents(resolved: Table, maxAgents: number | null, reporter: IssueReporter): void {
  const agents = tablesOf(resolved.agents);
  checkIds(agents, ['agents'], reporter);
  checkSingleDefault(agents, reporter);
  if (maxAgents !== null && agents.length > maxAgents) {
    const message = `agents: SPACEBOT_MAX_AGENTS allows ${maxAgents}, ${agents.length} are configured; the last ones do not run`;
    reporter.report({ severity: 'warning', code: 'conflict', path: ['agents'], message, atKey: true });
  }
  const defaults = isTable(resolved.defaults) ? resolved.defaults : {};
  checkSettings(['defaults'], defaults, {}, reporter);
  for (const [index, agent] of agents.entries()) {
    checkSettings(['agents', index], agent, defaults, reporter);
    checkCron(['agents', index, 'cron'], tablesOf(agent.cron), reporter);
  }
}

/** Reports an id that an earlier entry of the list has; `name` is the key that holds it. */
export function checkIds(entries: readonly Table[], list: KeyPath, reporter: IssueReporter, name = 'id'): void {
  const seen = new Set<string>();
  for (const [index, entry] of entries.entries()) {
    const id = entry[name];
    if (typeof id !== 'string') continue;
    const folded = id.toLowerCase();
    if (seen.has(folded)) reporter.reportValue('duplicate', [...list, index, name], `${name} that no other entry has`);
    seen.add(folded);
  }
}

function checkSingleDefault(agents: readonly Table[], reporter: IssueReporter): void {
  const chosen = agents.flatMap((agent, index) => (agent.default === true ? [index] : []));
  for (const index of chosen.slice(1)) reportConflict(['agents', index, 'default'], 'another agent is the default already', reporter);
}

function checkSettings(base: KeyPath, own: Table, defaults: Table, reporter: IssueReporter): void {
  for (const name of ['cron_timezone', 'user_timezone']) checkTimezone([...base, name], own[name], reporter);
  const cidrs = readPath(own, ['security', 'ssrf', 'allow_cidrs']);
  if (Array.isArray(cidrs)) checkCidrs([...base, 'security', 'ssrf', 'allow_cidrs'], cidrs, reporter);
  if (readPath(own, ['channel', 'listen_only_mode']) !== undefined) {
    const name = formatKeyPath([...base, 'channel', 'listen_only_mode'], reporter.written);
    const message = `${name} is deprecated; use response_mode = "observe"`;
    reporter.report({
      severity: 'warning',
      code: 'deprecated',
      path: [...base, 'channel', 'listen_only_mode'],
      message,
      suggestion: 'response_mode',
    });
  }
  if (!isTable(own.compaction) && !isTable(own.embedding)) return;
  const { compaction, embedding } = configSchemas().settings.parse(mergeTables(defaults, own), { jitless: true });
  if (isTable(own.compaction)) checkThresholds([...base, 'compaction'], own.compaction, compaction, reporter);
  const wantsUrl = embedding.provider === 'openai_compatible';
  const hasUrl =
    isTable(reporter.written) &&
    [base, ['defaults']].some((path) => readPath(reporter.written, [...path, 'embedding', 'base_url']) !== undefined);
  if (wantsUrl && !hasUrl && isTable(own.embedding))
    reporter.reportValue('missing_required', [...base, 'embedding', 'base_url'], 'http or https URL');
}

interface Thresholds {
  readonly background_threshold: number;
  readonly aggressive_threshold: number;
  readonly emergency_threshold: number;
}

function checkThresholds(base: KeyPath, own: Table, effective: Thresholds, reporter: IssueReporter): void {
  const order = ['background_threshold', 'aggressive_threshold', 'emergency_threshold'] as const;
  for (const [position, name] of order.entries()) {
    const lower = order[position - 1];
    if (lower === undefined || effective[name] > effective[lower]) continue;
    const written = own[name] === undefined ? lower : name;
    reportConflict([...base, written], `${lower} (${effective[lower]}) must be below ${name} (${effective[name]})`, reporter);
  }
}

function checkTimezone(path: KeyPath, value: unknown, reporter: IssueReporter): void {
  if (typeof value !== 'string' || isTimezone(value)) return;
  reporter.reportValue('invalid_value', path, 'IANA time zone, the local one is used', { severity: 'warning' });
}

export function checkCidrs(path: KeyPath, values: readonly unknown[], reporter: IssueReporter): void {
  for (const [index, value] of values.entries()) {
    if (typeof value === 'string' && !isCidr(value))
      reporter.reportValue('invalid_value', [...path, index], 'address range such as 10.0.0.0/8');
  }
}

function checkCron(list: KeyPath, jobs: readonly Table[], reporter: IssueReporter): void {
  checkIds(jobs, list, reporter);
  for (const [index, job] of jobs.entries()) {
    const base = [...list, index];
    checkTimezone([...base, 'timezone'], job.timezone, reporter);
    if (typeof job.cron_expr === 'string' && job.cron_expr.trim().split(/\s+/).length !== 5) {
      reporter.reportValue('invalid_value', [...base, 'cron_expr'], 'cron expression of 5 fields');
    }
    const hours = ['active_start_hour', 'active_end_hour'].filter((name) => job[name] !== undefined);
    const [only, other] = hours;
    if (only !== undefined && other === undefined) {
      reportConflict([...base, only], 'active_start_hour and active_end_hour are written both or not at all', reporter);
    }
  }
}
