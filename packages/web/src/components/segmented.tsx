/** A few views or choices side by side, exactly one of them on. */

import type { LucideIcon } from 'lucide-react';
import { classNames } from '../lib/class-names.ts';

export interface Segment<Value extends string> {
  readonly value: Value;
  readonly label: string;
  readonly icon?: LucideIcon | undefined;
  /** Marks unsaved work or something to look at. */
  readonly marked?: boolean | undefined;
}

interface SegmentedProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly segments: readonly Segment<Value>[];
  readonly onChange: (value: Value) => void;
}

export function Segmented<Value extends string>({ label, value, segments, onChange }: SegmentedProps<Value>) {
  return (
    <div
      role="radiogroup"
      aria-label={label}
      className="inline-flex max-w-full overflow-x-auto rounded-control border border-line bg-raised p-0.5"
    >
      {segments.map((segment) => (
        <label
          key={segment.value}
          className={classNames(
            'relative inline-flex h-7 cursor-pointer items-center gap-1.5 rounded-sm px-3 text-sm font-medium whitespace-nowrap transition-colors has-focus-visible:outline-2 has-focus-visible:outline-accent-fill pointer-coarse:h-10',
            segment.value === value ? 'bg-panel text-ink shadow-[0_0_0_1px_var(--line-strong)]' : 'text-ink-2 hover:text-ink',
          )}
        >
          <input
            type="radio"
            name={label}
            className="absolute inset-0 cursor-pointer opacity-0"
            checked={segment.value === value}
            onChange={() => onChange(segment.value)}
          />
          {segment.icon ? <segment.icon className="size-4" aria-hidden /> : null}
          {segment.label}
          {segment.marked ? <span className="size-1.5 rounded-full bg-waiting" role="img" aria-label="unsaved" /> : null}
        </label>
      ))}
    </div>
  );
}
