/** One figure is one line of JSON: what was measured, beside the floor where there is one, and whether it reaches its target. */

export interface Figure {
  readonly figure: string;
  readonly value: number;
  readonly unit: string;
  /** The same figure of the bare daemon in the same run. */
  readonly floor?: number;
  readonly target?: string;
  readonly ok?: boolean;
}

export function printFigure(figure: Figure): void {
  const { figure: name, value, unit, floor, ...rest } = figure;
  const beside = floor === undefined ? {} : { floor: round(floor), ...(floor > 0 ? { ratio: round(value / floor) } : {}) };
  process.stdout.write(`${JSON.stringify({ figure: name, value: round(value), unit, ...beside, ...rest })}\n`);
}

/** Against the floor of this run: `value` may be at most `times` the floor. */
export function compare(figure: string, unit: string, value: number, floor: number, times: number): Figure {
  return { figure, value, unit, floor, target: `at most ${times}x the floor`, ok: value <= floor * times };
}

/** Against a fixed number. */
export function limit(figure: string, unit: string, value: number, atMost: number, floor?: number): Figure {
  return { figure, value, unit, ...(floor === undefined ? {} : { floor }), target: `at most ${atMost} ${unit}`, ok: value <= atMost };
}

/** `share` from 0 to 1, nearest rank. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

export const median = (values: readonly number[]) => percentile(values, 0.5);

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
