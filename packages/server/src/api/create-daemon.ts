/** The daemon as the command line knows it: the app and its HTTP API, started and stopped in the right order. */

import { join } from 'node:path';
import type { App, CreateApp, StartedApp } from '../app/app.ts';
import { createApp, type DrainOptions, type RunningApp } from '../app/create-app.ts';
import { type ApiServer, createApiServer } from './create-api-server.ts';

const DEFAULT_STOP_MS = 30_000;

export const createDaemon: CreateApp = async (options) => {
  let resolveStopped: (ending: { restart: boolean }) => void = () => {};
  const stopped = new Promise<{ restart: boolean }>((resolve) => {
    resolveStopped = resolve;
  });
  let stopping: Promise<void> | null = null;
  const stop = (ending: DrainOptions): Promise<void> => {
    stopping ??= shutDown(app, server, ending);
    return stopping;
  };
  const app: RunningApp = await createApp(options, {
    onStopRequested({ restart, timeoutMs }) {
      // The answer to the request leaves first.
      setTimeout(() => {
        stop({ timeoutMs: timeoutMs ?? DEFAULT_STOP_MS, restart }).then(
          () => resolveStopped({ restart }),
          () => resolveStopped({ restart }),
        );
      }, 50);
    },
  });
  const server = createApiServer(app.services, serverOptions(app, options.instanceDir, options.packageRoot));
  const daemon: App = {
    start: () => start(app, server),
    stop: ({ timeoutMs }) => stop({ timeoutMs, restart: false }),
    reload: async () => {
      await app.config.reload('signal');
    },
    stopped,
  };
  return daemon;
};

async function start(app: RunningApp, server: ApiServer): Promise<StartedApp> {
  try {
    const { url } = await server.listen();
    await app.open(url);
    return { url: url ?? '', firstStart: app.firstStart, token: app.newToken, state: app.state() === 'setup' ? 'setup' : 'running' };
  } catch (error) {
    await server.close().catch(() => {});
    // Nobody has seen the token that this start made; the next one makes and shows another.
    if (app.newToken !== null) app.services.token.remove();
    await app.drain({ timeoutMs: 0, restart: false });
    app.close();
    throw error;
  }
}

async function shutDown(app: RunningApp, server: ApiServer, ending: DrainOptions): Promise<void> {
  try {
    await app.drain(ending);
    await server.close();
  } finally {
    app.close();
  }
}

function serverOptions(app: RunningApp, instanceDir: string, packageRoot: string) {
  const { api, metrics } = app.config.current().values;
  return {
    tcp: api.enabled ? { port: api.port, bind: api.bind } : null,
    socketPath: join(instanceDir, 'spacebot.sock'),
    metrics: metrics.enabled ? { port: metrics.port, bind: metrics.bind } : null,
    pageRoot: join(packageRoot, 'dist', 'web'),
  };
}
