/** Counting, as a port: names and labels are those of contract 8.3 without the prefix; label values are bounded, never user text or ids of people. */

export type Labels = Readonly<Record<string, string>>;

export interface Metrics {
  count(name: string, labels: Labels, by?: number): void;
  /** Seconds for durations. */
  observe(name: string, labels: Labels, value: number): void;
}

export const noMetrics: Metrics = { count: () => {}, observe: () => {} };
