/** Carries a changed configuration out while everything runs: log settings at once, agents and adapters in order, events for whoever watches. */

import type { ConfigSnapshot } from '../config/snapshot.ts';
import { supervise } from '../core/supervise.ts';
import type { Foundation } from './foundation.ts';
import type { Parts } from './parts.ts';

/** Returns a wait for the end of every change so far. `isOpen`: agents that are added may begin to work. */
export function followConfig(base: Foundation, parts: Parts, isOpen: () => boolean): () => Promise<void> {
  const { config, log } = base;
  const { events, metrics } = parts;
  let settled: Promise<void> = Promise.resolve();
  config.subscribe((next, _previous, change) => {
    base.configureLog(next);
    metrics.count('config_reloads_total', { result: 'ok' });
    events.append({
      type: 'config_reloaded',
      agentId: null,
      data: { changed: change.changed, restart_required: change.restartRequired, issues: change.issues },
    });
    settled = settled.catch(() => {}).then(() => carryOut(next, parts, isOpen));
    supervise(log, 'configuration change', settled);
  });
  config.subscribeFailures((issues) => {
    metrics.count('config_reloads_total', { result: 'failed' });
    events.append({ type: 'config_reload_failed', agentId: null, data: { issues } });
    for (const issue of issues)
      if (issue.severity === 'error') log.error(`configuration: ${issue.file}:${issue.line}:${issue.column}: ${issue.message}`);
  });
  return () => settled;
}

async function carryOut(next: ConfigSnapshot, { agents, messaging, events }: Parts, isOpen: () => boolean): Promise<void> {
  const { added, removed } = agents.compare(next);
  const announce = (agentId: string, state: 'created' | 'deleted') =>
    events.append({ type: 'agent_state', agentId, data: { agent_id: agentId, state, previous: null } });
  for (const agent of added) {
    await agents.open(agent);
    if (isOpen()) agents.get(agent.id)?.runtime.resumeAll();
    announce(agent.id, 'created');
  }
  await messaging.adapters.reconcile(next);
  await Promise.all(removed.map((id) => agents.close(id).then(() => announce(id, 'deleted'))));
}
