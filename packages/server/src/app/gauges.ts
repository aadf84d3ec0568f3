/** Gauges of the moment, read from stored truth when somebody looks (OB-4). */

import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Clock } from '../core/clock.ts';
import type { MessagingGateway } from '../messaging/gateway.ts';
import type { MetricFamily, MetricSample } from './api-services.ts';
import type { OpenAgents } from './open-agents.ts';

export interface GaugeDeps {
  readonly agents: OpenAgents;
  readonly messaging: MessagingGateway;
  readonly version: string;
  readonly startedAt: number;
  readonly clock: Clock;
}

const NANOSECONDS = 1e9;

export function createGauges({ agents, messaging, version, startedAt, clock }: GaugeDeps): () => readonly MetricFamily[] {
  const delay = monitorEventLoopDelay({ resolution: 10 });
  delay.enable();
  return () => {
    const p99 = delay.percentile(99) / NANOSECONDS;
    delay.reset();
    const all = agents.all();
    return [
      gauge('build_info', 'Version of the running program.', [{ labels: { version }, value: 1 }]),
      gauge('uptime_seconds', 'Time since the start.', [{ labels: {}, value: (clock.now() - startedAt) / 1000 }]),
      gauge('eventloop_delay_p99_seconds', 'Delay of the event loop since the last look, 99th percentile.', [{ labels: {}, value: p99 }]),
      gauge(
        'active_turns',
        'Turns that run.',
        all.map((agent) => ({ labels: { agent_id: agent.id }, value: agent.runtime.activeTurns })),
      ),
      gauge('queue_depth', 'What waits.', [
        { labels: { queue: 'inbox' }, value: total(all, (agent) => agent.spine.countOpenTurns().waiting) },
        { labels: { queue: 'outbox' }, value: total(all, (agent) => agent.spine.countDeliveries().open) },
      ]),
      gauge(
        'adapter_up',
        '1 while the adapter is connected.',
        messaging.adapters.statuses().map((adapter) => ({
          labels: { adapter: adapter.key },
          value: adapter.state === 'connected' ? 1 : 0,
        })),
      ),
    ];
  };
}

function gauge(name: string, help: string, samples: readonly MetricSample[]): MetricFamily {
  return { name, help, type: 'gauge', samples };
}

function total<Item>(items: readonly Item[], value: (item: Item) => number): number {
  return items.reduce((sum, item) => sum + value(item), 0);
}
