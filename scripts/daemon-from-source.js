/** Runs the command line straight from its TypeScript sources; start it with `tsx --conditions=source`. */

import { join } from 'node:path';
import { main } from '../packages/server/src/cli/main.ts';

await main(process.argv.slice(2), join(import.meta.dirname, '../packages/server'));
