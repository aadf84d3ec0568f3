/** Builds the page into the published package; `npm run dev` serves it with a proxy to the daemon. */

import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const daemon = process.env.SPACEBOT_URL ?? 'http://127.0.0.1:19898';

export default defineConfig({
  plugins: [react(), tailwindcss()],
  resolve: { conditions: ['source', 'module', 'browser', 'development|production'] },
  // Old chunks stay for pages that are still open; packages/server/bin/build.js sweeps them.
  // Nothing is inlined: the content policy allows no fonts from data addresses.
  build: { outDir: '../server/dist/web', emptyOutDir: false, assetsInlineLimit: 0 },
  // The daemon takes writes from its own origin alone, and here the proxy is its origin.
  server: { proxy: { '/api': { target: daemon, changeOrigin: true, headers: { origin: daemon } } } },
});
