/** Says quietly that the page shows the past, and since when. */

import { Unplug } from 'lucide-react';
import { useNow } from '../lib/clock.ts';
import { useConnection } from '../lib/events/connection.ts';
import { formatDuration } from '../lib/format.ts';

/** A blink of the network is not worth a word. */
const PATIENCE_MS = 2_000;

export function ConnectionBar() {
  const connection = useConnection();
  const now = useNow(1_000);
  const lostFor = now - connection.since;
  if (connection.state !== 'lost' || lostFor < PATIENCE_MS) return null;
  return (
    <div
      role="status"
      className="flex h-8 shrink-0 items-center justify-center gap-2 border-b border-line bg-waiting-soft px-4 text-xs text-waiting"
    >
      <Unplug className="size-4 shrink-0" aria-hidden />
      <span className="truncate">
        Connection lost {formatDuration(lostFor)} ago. What you see is from then; it continues by itself when Spacebot is back.
      </span>
    </div>
  );
}
