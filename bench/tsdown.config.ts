/** Bundles the floor with the settings of the daemon, so that both start equally cheaply, and the processes that measure them. */

import { defineConfig } from 'tsdown';

export default defineConfig({
  entry: { floor: 'floor.ts', 'model-server': 'model-server.ts', load: 'load.ts', probe: 'probe.ts' },
  outDir: 'dist',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  fixedExtension: false,
  dts: false,
  minify: false,
  deps: { onlyBundle: false, neverBundle: ['@photostructure/sqlite'], alwaysBundle: ['hono', '@hono/node-server'] },
});
