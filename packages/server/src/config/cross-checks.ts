/** Rules that hold between keys, checked once each key by itself is right. */

import { type IssueReporter, reportUnsupported } from './check.ts';
import { checkAgents } from './check-agents.ts';
import { checkInstance } from './check-instance.ts';
import type { EnvironmentLayer } from './environment.ts';
import { suggestName } from './issues.ts';
import { mergeTables } from './layers.ts';
import { tablesOf } from './normalize.ts';
import { type KeyPath, readPath, type Table } from './paths.ts';
import { configSchemas, type InstanceValues } from './schema/root.ts';
import { FOREIGN_PLATFORMS } from './unsupported.ts';

/** `resolved` is the file with references as values; unresolved ones are absent. */
export function checkWritten(resolved: Table, environment: EnvironmentLayer, reporter: IssueReporter): void {
  const values = configSchemas().instance.parse(mergeTables(environment.tree, resolved), { jitless: true });
  checkInstance(values, reporter);
  checkAgents(resolved, environment.values.maxAgents, reporter);
  checkBindings(resolved, values, reporter);
}

/** A binding to an agent that is not there is an error: another agent must not answer in its place. */
function checkBindings(resolved: Table, values: InstanceValues, reporter: IssueReporter): void {
  const written = tablesOf(resolved.agents).flatMap((agent) => (typeof agent.id === 'string' ? [agent.id] : []));
  const agentIds = written.length === 0 ? ['main'] : written;
  const platforms = Object.keys(values.messaging);
  for (const [index, binding] of values.bindings.entries()) {
    const base: KeyPath = ['bindings', index];
    if (!agentIds.includes(binding.agent_id)) {
      reporter.reportValue('invalid_value', [...base, 'agent_id'], 'id of a configured agent', {
        suggestion: suggestName(binding.agent_id, agentIds),
      });
    }
    if (FOREIGN_PLATFORMS.includes(binding.channel)) reportUnsupported(base, reporter);
    else if (!platforms.includes(binding.channel)) {
      reporter.reportValue('invalid_value', [...base, 'channel'], 'platform', { suggestion: suggestName(binding.channel, platforms) });
    } else checkInstanceName(base, binding.channel, binding.adapter, values, reporter);
  }
}

function checkInstanceName(
  base: KeyPath,
  platform: string,
  name: string | undefined,
  values: InstanceValues,
  reporter: IssueReporter,
): void {
  if (name === undefined) return;
  const names = tablesOf(readPath(values.messaging, [platform, 'instances'])).map((instance) => String(instance.name).toLowerCase());
  if (names.includes(name.toLowerCase())) return;
  const suggestion = suggestName(name, names);
  reporter.reportValue('invalid_value', [...base, 'adapter'], `name of an instance of ${platform}`, { severity: 'warning', suggestion });
}
