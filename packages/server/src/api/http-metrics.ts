/** What the API counts about itself: requests, their duration, streams and dropped events. */

import type { HistogramSample, MetricFamily } from '../app/api-services.ts';

/** Seconds. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

interface Durations {
  readonly method: string;
  readonly path: string;
  readonly counts: number[];
  sum: number;
  count: number;
}

interface Requests {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  count: number;
}

export class HttpMetrics {
  readonly #requests = new Map<string, Requests>();
  readonly #durations = new Map<string, Durations>();
  #dropped = 0;

  /** `path` is the route's template, never what was asked for: labels stay few. */
  observe(method: string, path: string, status: number, seconds: number): void {
    const key = `${method} ${path}`;
    const requests = this.#requests.get(`${key} ${status}`) ?? this.#addRequests(method, path, status);
    requests.count += 1;
    const durations = this.#durations.get(key) ?? this.#addDurations(method, path);
    durations.count += 1;
    durations.sum += seconds;
    const bucket = BUCKETS.findIndex((bound) => seconds <= bound);
    if (bucket >= 0) durations.counts[bucket] = (durations.counts[bucket] ?? 0) + 1;
  }

  drop(count: number): void {
    this.#dropped += count;
  }

  collect(openStreams: number): MetricFamily[] {
    const requests = [...this.#requests.values()].map(({ method, path, status, count }) => ({
      labels: { method, path, status: String(status) },
      value: count,
    }));
    const durations = [...this.#durations.values()].map(
      ({ method, path, ...rest }): HistogramSample => ({ labels: { method, path }, buckets: BUCKETS, ...rest }),
    );
    return [
      { name: 'http_requests_total', help: 'HTTP requests answered.', type: 'counter', samples: requests },
      { name: 'http_request_duration_seconds', help: 'Time to answer an HTTP request.', type: 'histogram', samples: durations },
      { name: 'sse_clients', help: 'Open event streams.', type: 'gauge', samples: [{ labels: {}, value: openStreams }] },
      {
        name: 'events_dropped_total',
        help: 'Ephemeral events not sent.',
        type: 'counter',
        samples: [{ labels: { reason: 'slow_client' }, value: this.#dropped }],
      },
    ];
  }

  #addRequests(method: string, path: string, status: number): Requests {
    const requests = { method, path, status, count: 0 };
    this.#requests.set(`${method} ${path} ${status}`, requests);
    return requests;
  }

  #addDurations(method: string, path: string): Durations {
    const durations = { method, path, counts: BUCKETS.map(() => 0), sum: 0, count: 0 };
    this.#durations.set(`${method} ${path}`, durations);
    return durations;
  }
}
