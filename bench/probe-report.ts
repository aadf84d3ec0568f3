/** What the probe tells about the process it was loaded into. */

export interface ProbeReport {
  /** Of the event loop since the last report, milliseconds. */
  readonly loop_delay_p99_ms: number;
  /** Heap and buffers still reachable after a full collection, MiB. */
  readonly live_mib: number;
}
