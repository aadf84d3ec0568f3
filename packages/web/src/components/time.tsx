/** Times that keep themselves up to date. */

import { useNow } from '../lib/clock.ts';
import { formatClock, formatDuration, formatExact, formatRelative } from '../lib/format.ts';

/** `3 min ago`, the exact time on hover. */
export function RelativeTime({ at, className }: { readonly at: string; readonly className?: string | undefined }) {
  const now = useNow(15_000);
  return (
    <time dateTime={at} title={formatExact(at)} className={className}>
      {formatRelative(at, now)}
    </time>
  );
}

/** `14:05`, the exact time on hover. */
export function ClockTime({ at, className }: { readonly at: string; readonly className?: string | undefined }) {
  return (
    <time dateTime={at} title={formatExact(at)} className={className}>
      {formatClock(at)}
    </time>
  );
}

/** Whole seconds since a moment, counting. */
export function Elapsed({ since, className }: { readonly since: string; readonly className?: string | undefined }) {
  const now = useNow(1_000);
  return <span className={className}>{formatDuration(Math.max(1_000, now - Date.parse(since)))}</span>;
}
