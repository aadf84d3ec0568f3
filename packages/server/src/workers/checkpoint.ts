/** Thread: folds the write-ahead logs of the named databases into their files, without ever making the main thread wait. */

import { parentPort } from 'node:worker_threads';
import { DatabaseSync } from '@photostructure/sqlite';

parentPort?.on('message', (paths: readonly string[]) => {
  for (const path of paths) checkpoint(path);
});

function checkpoint(path: string): void {
  const database = new DatabaseSync(path);
  try {
    database.exec('PRAGMA busy_timeout = 5000; PRAGMA wal_checkpoint(PASSIVE)');
  } finally {
    database.close();
  }
}
