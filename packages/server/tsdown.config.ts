/** Bundles the daemon and its CLI: one entry, lazily imported features in chunks of their own, each worker thread an entry beside it. */

import { existsSync, readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { defineConfig } from 'tsdown';

const workersFolder = new URL('./src/workers/', import.meta.url);
const workerFiles = existsSync(workersFolder)
  ? readdirSync(workersFolder).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  : [];

export default defineConfig({
  entry: {
    main: 'src/cli/main.ts',
    ...Object.fromEntries(workerFiles.map((file) => [`workers/${basename(file, '.ts')}`, `src/workers/${file}`])),
  },
  outDir: 'dist/server',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  fixedExtension: false,
  dts: false,
  sourcemap: true,
  minify: false,
  // A running daemon still imports the chunks of the build it started from; bin/build.js sweeps them later.
  clean: false,
  deps: { onlyBundle: false },
  inputOptions: { resolve: { conditionNames: ['source', 'import', 'node', 'default'] } },
});
