import { expect, test } from 'vitest';
import { MetricStore } from './metrics.ts';

test('[OB-2] one series per set of labels, counted up', async () => {
  const metrics = new MetricStore(() => []);
  metrics.count('tool_calls_total', { tool_name: 'reply', status: 'ok' });
  metrics.count('tool_calls_total', { tool_name: 'reply', status: 'ok' }, 2);
  metrics.count('tool_calls_total', { tool_name: 'reply', status: 'error' });
  expect(await metrics.collect()).toEqual([
    {
      name: 'tool_calls_total',
      help: 'Tool calls by outcome.',
      type: 'counter',
      samples: [
        { labels: { tool_name: 'reply', status: 'ok' }, value: 3 },
        { labels: { tool_name: 'reply', status: 'error' }, value: 1 },
      ],
    },
  ]);
});

test('a duration falls into the smallest bucket that holds it, bounds included, and beyond the last one it still counts', async () => {
  const metrics = new MetricStore(() => []);
  for (const seconds of [0.01, 0.011, 30, 31]) metrics.observe('tool_call_duration_seconds', {}, seconds);
  const [family] = await metrics.collect();
  expect(family).toMatchObject({ type: 'histogram' });
  expect(family?.samples).toEqual([
    {
      labels: {},
      buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
      counts: [1, 1, 0, 0, 0, 0, 0, 0, 0, 1],
      sum: 61.021,
      count: 4,
    },
  ]);
});

test('[OB-4] gauges are read when somebody looks', async () => {
  let waiting = 1;
  const metrics = new MetricStore(() => [
    { name: 'queue_depth', help: 'What waits.', type: 'gauge', samples: [{ labels: {}, value: waiting }] },
  ]);
  waiting = 5;
  expect(await metrics.collect()).toMatchObject([{ name: 'queue_depth', samples: [{ value: 5 }] }]);
});
