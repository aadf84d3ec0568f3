/** Keys that act at start only: until the restart the running value stays in force. */

import type { ResolvedAgent } from './agents.ts';
import type { InstanceValues } from './schema/root.ts';
import type { ConfigSnapshot } from './snapshot.ts';

const RESTART_KEYS = { api: ['enabled', 'port', 'bind'], metrics: ['enabled', 'port', 'bind'] } as const;

/** True for a dotted path, agents by id. */
export function needsRestart(path: string): boolean {
  const [section = '', name = '', ...rest] = path.split('.');
  if (section === 'agents') return rest.length === 1 && rest[0] === 'workspace';
  if (section !== 'api' && section !== 'metrics') return false;
  return rest.length === 0 && RESTART_KEYS[section].some((key) => key === name);
}

/** Puts the running values back into `values` and `agents`; returns the paths of those that would have changed. */
export function keepRunningValues(values: InstanceValues, agents: ResolvedAgent[], running: ConfigSnapshot): string[] {
  const kept: string[] = [];
  for (const section of ['api', 'metrics'] as const) {
    for (const name of RESTART_KEYS[section]) if (values[section][name] !== running.values[section][name]) kept.push(`${section}.${name}`);
    const { enabled, port, bind } = running.values[section];
    Object.assign(values[section], { enabled, port, bind });
  }
  for (const agent of agents) {
    const before = running.agents.find((candidate) => candidate.id === agent.config.id);
    if (before === undefined || before.workspace === agent.config.workspace) continue;
    agent.config = { ...agent.config, workspace: before.workspace };
    kept.push(`agents.${before.id}.workspace`);
  }
  return kept;
}
