/** Notices that the file was changed, replaced, removed or made later, by looking at it: this also works over network and container mounts. */

import { statSync } from 'node:fs';
import type { Clock } from '../core/clock.ts';

const LOOK_EVERY_MS = 500;
const QUIET_MS = 2000;

/** Calls `changed` once the file has been quiet for 2 s after a change; the returned function ends the watch. */
export function watchFile(path: string, clock: Clock, changed: () => void): () => void {
  let seen = fingerprint(path);
  let changedAt: number | undefined;
  let cancel = () => {};
  const look = () => {
    const now = fingerprint(path);
    if (now !== seen) {
      seen = now;
      changedAt = clock.now();
    } else if (changedAt !== undefined && clock.now() - changedAt >= QUIET_MS) {
      changedAt = undefined;
      changed();
    }
    cancel = clock.schedule(LOOK_EVERY_MS, look);
  };
  cancel = clock.schedule(LOOK_EVERY_MS, look);
  return () => cancel();
}

function fingerprint(path: string): string {
  const stat = statSync(path, { throwIfNoEntry: false, bigint: true });
  return stat === undefined ? 'none' : `${stat.dev} ${stat.ino} ${stat.size} ${stat.mtimeNs} ${stat.ctimeNs}`;
}
