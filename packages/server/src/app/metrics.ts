/** Counters and histograms in memory, and gauges read from the tables when somebody looks. */

import type { Labels, Metrics } from '../core/metrics.ts';
import type { HistogramSample, MetricFamily, MetricSample, MetricsPort } from './api-services.ts';

const LLM_BUCKETS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30, 60, 120];
const TOOL_BUCKETS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

interface Description {
  readonly help: string;
  /** Upper bounds in seconds; only for histograms. */
  readonly buckets?: readonly number[];
}

const DESCRIPTIONS: Readonly<Record<string, Description>> = {
  llm_requests_total: { help: 'Model calls by outcome.' },
  llm_request_duration_seconds: { help: 'Time of a model call.', buckets: LLM_BUCKETS },
  llm_tokens_total: { help: 'Tokens by direction.' },
  tool_calls_total: { help: 'Tool calls by outcome.' },
  tool_call_duration_seconds: { help: 'Time of a tool call.', buckets: TOOL_BUCKETS },
  messages_received_total: { help: 'Messages taken in.' },
  messages_sent_total: { help: 'Messages delivered.' },
  messages_rejected_total: { help: 'Messages no agent took, by reason.' },
  messages_duplicate_total: { help: 'Repeats of messages that were known.' },
  message_handling_duration_seconds: { help: 'From the start of a turn to its end.', buckets: LLM_BUCKETS },
  delivery_attempts_total: { help: 'Sends by result.' },
  adapter_reconnects_total: { help: 'Restarts of an adapter.' },
  process_errors_total: { help: 'Failed processes by error code.' },
  config_reloads_total: { help: 'Reloads of the configuration by result.' },
};

interface Series {
  readonly labels: Labels;
  value: number;
}

interface Histogram {
  readonly labels: Labels;
  readonly counts: number[];
  sum: number;
  count: number;
}

export class MetricStore implements Metrics, MetricsPort {
  readonly #counters = new Map<string, Map<string, Series>>();
  readonly #histograms = new Map<string, Map<string, Histogram>>();
  readonly #gauges: () => readonly MetricFamily[];

  constructor(gauges: () => readonly MetricFamily[]) {
    this.#gauges = gauges;
  }

  count(name: string, labels: Labels, by = 1): void {
    const series = childOf(this.#counters, name, labels, () => ({ labels, value: 0 }));
    series.value += by;
  }

  observe(name: string, labels: Labels, value: number): void {
    const buckets = DESCRIPTIONS[name]?.buckets ?? LLM_BUCKETS;
    const histogram = childOf(this.#histograms, name, labels, () => ({ labels, counts: buckets.map(() => 0), sum: 0, count: 0 }));
    histogram.sum += value;
    histogram.count += 1;
    const index = buckets.findIndex((bound) => value <= bound);
    if (index >= 0) histogram.counts[index] = (histogram.counts[index] ?? 0) + 1;
  }

  async collect(): Promise<readonly MetricFamily[]> {
    const counters = [...this.#counters].map(([name, series]): MetricFamily => {
      const samples: MetricSample[] = [...series.values()].map(({ labels, value }) => ({ labels, value }));
      return { name, help: DESCRIPTIONS[name]?.help ?? name, type: 'counter', samples };
    });
    const histograms = [...this.#histograms].map(([name, series]): MetricFamily => {
      const { help = name, buckets = LLM_BUCKETS } = DESCRIPTIONS[name] ?? {};
      const samples: HistogramSample[] = [...series.values()].map((sample) => ({ ...sample, buckets }));
      return { name, help, type: 'histogram', samples };
    });
    return [...counters, ...histograms, ...this.#gauges()];
  }
}

function childOf<Child>(families: Map<string, Map<string, Child>>, name: string, labels: Labels, make: () => Child): Child {
  let family = families.get(name);
  if (!family) {
    family = new Map();
    families.set(name, family);
  }
  const key = JSON.stringify(labels);
  let child = family.get(key);
  if (!child) {
    child = make();
    family.set(key, child);
  }
  return child;
}
