/** A whole instance in the test's process: the real app and API, real SQLite in a temporary folder, a scripted model behind real HTTP, and people who talk to it. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CallResult, type Client, createClient } from '@spacebot/protocol/client';
import { createDaemon } from '../api/create-daemon.ts';
import type { App } from '../app/app.ts';
import type { Clock } from '../core/clock.ts';
import { packageRoot } from '../core/package-root.ts';
import { type EventRecorder, recordEvents } from './event-recorder.ts';
import type { FakePlatform } from './fake-platform.ts';
import { freePort } from './free-port.ts';
import { type Dialect, type InstanceConfig, renderConfig } from './instance-config.ts';
import { PortalClient } from './portal-client.ts';
import type { ModelScript } from './scripted-model/script.ts';
import { type ScriptedModel, startScriptedModel } from './scripted-model/server.ts';
import { WebhookClient } from './webhook-client.ts';

export interface WorldOptions {
  /** `null` = no provider is configured. */
  readonly model?: ModelScript | null;
  readonly dialect?: Dialect;
  readonly config?: Partial<InstanceConfig>;
  /** The model's port is needed before the file is written: a function gets the URL. */
  readonly configWith?: (modelUrl: string) => Partial<InstanceConfig>;
  readonly clock?: Clock;
  /** A chat platform with rooms; it is enabled in the configuration and everybody may write to it. */
  readonly platform?: FakePlatform;
  readonly environment?: Readonly<Record<string, string>>;
}

export type RetainedEvent = CallResult<'GET /events/history'>['items'][number];

export interface TestWorld {
  readonly dir: string;
  readonly url: string;
  readonly token: string;
  readonly model: ScriptedModel;
  readonly webhook: WebhookClient;
  readonly portal: PortalClient;
  /** The operator's client, with the token. */
  readonly api: Client;
  readonly app: App;
  /** Every retained event, in order. */
  events(): Promise<readonly RetainedEvent[]>;
  /** Follows the live stream from now on, or replays after an id first; ended with the world. */
  record(after?: number): Promise<EventRecorder>;
  /** A client with another token, or none. */
  clientWith(token: string | undefined): Client;
  readConfig(): string;
  writeConfig(text: string): void;
  /** Stops the app and starts it again on the same folder. */
  restart(): Promise<TestWorld>;
  close(): Promise<void>;
}

const open = new Set<TestWorld>();

export async function createTestWorld(options: WorldOptions = {}): Promise<TestWorld> {
  const model = await startScriptedModel(options.model ?? undefined);
  const dir = mkdtempSync(join(tmpdir(), 'spacebot-world-'));
  const config = {
    modelUrl: options.model === null ? null : model.url,
    dialect: options.dialect ?? 'openai-chat',
    apiPort: 0,
    webhookPort: await freePort(),
    ...options.config,
    ...options.configWith?.(model.url),
  };
  const platform = options.platform === undefined ? '' : '\n[messaging.matrix]\nenabled = true\ndm_allowed_users = ["*"]\n';
  writeFileSync(join(dir, 'config.toml'), renderConfig(config) + platform);
  return startWorld({ options, model, dir, webhookPort: config.webhookPort });
}

/** For `afterEach`: ends every world that a test left open. */
export async function closeTestWorlds(): Promise<void> {
  await Promise.all([...open].map((world) => world.close()));
}

interface Ground {
  readonly options: WorldOptions;
  readonly model: ScriptedModel;
  readonly dir: string;
  readonly webhookPort: number;
}

async function startWorld(ground: Ground): Promise<TestWorld> {
  const { options, model, dir, webhookPort } = ground;
  const app = await createDaemon({
    instanceDir: dir,
    configFile: join(dir, 'config.toml'),
    packageRoot: packageRoot(),
    demo: false,
    logToTerminal: false,
    environment: options.environment ?? {},
    ...(options.clock === undefined ? {} : { clock: options.clock }),
    ...(options.platform === undefined ? {} : { platforms: [options.platform.definition] }),
  });
  const { url } = await app.start();
  const token = readFileSync(join(dir, 'data', 'api.token'), 'utf8').trim();
  const recorders: EventRecorder[] = [];
  const api = createClient({ baseUrl: url, token });
  const end = async () => {
    open.delete(world);
    await Promise.all(recorders.map((recorder) => recorder.stop()));
    await app.stop({ timeoutMs: 0 });
  };
  const world: TestWorld = {
    dir,
    url,
    token,
    model,
    app,
    api,
    webhook: new WebhookClient(`http://127.0.0.1:${webhookPort}`),
    portal: new PortalClient(api),
    events: () => readEvents(api),
    async record(after) {
      const recorder = await recordEvents({ baseUrl: url, token, ...(after === undefined ? {} : { after }) });
      recorders.push(recorder);
      return recorder;
    },
    clientWith: (other) => createClient({ baseUrl: url, ...(other === undefined ? {} : { token: other }) }),
    readConfig: () => readFileSync(join(dir, 'config.toml'), 'utf8'),
    writeConfig: (text) => writeFileSync(join(dir, 'config.toml'), text),
    async restart() {
      await end();
      return startWorld(ground);
    },
    async close() {
      await end();
      await model.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
  open.add(world);
  return world;
}

async function readEvents(api: Client): Promise<RetainedEvent[]> {
  const events: RetainedEvent[] = [];
  for (let after = 0; ; after = events.at(-1)?.id ?? after) {
    const page = await api.call('GET /events/history', { query: { after, limit: 200 } });
    if (page.items.length === 0) return events;
    events.push(...page.items);
  }
}
