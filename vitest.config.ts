import { defineConfig } from 'vitest/config';

const conditions = ['source', 'module', 'node', 'development|production'];

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'scripts', root: 'scripts', environment: 'node', include: ['*.test.js'] } },
      {
        ssr: { resolve: { conditions } },
        test: { name: 'protocol', root: 'packages/protocol', environment: 'node', include: ['src/**/*.test.ts'] },
      },
      {
        ssr: { resolve: { conditions } },
        test: {
          name: 'server',
          root: 'packages/server',
          environment: 'node',
          include: ['src/**/*.test.ts', 'tests/**/*.test.ts', 'bin/*.test.js'],
          execArgv: ['--conditions=source'],
          testTimeout: 20_000,
        },
      },
      {
        resolve: { conditions: ['source', 'module', 'browser', 'development|production'] },
        ssr: { resolve: { conditions } },
        test: { name: 'web', root: 'packages/web', environment: 'node', include: ['src/**/*.test.{ts,tsx}'] },
      },
    ],
  },
});
