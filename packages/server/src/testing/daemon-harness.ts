/** The built daemon as a child process on a folder and ports of its own: started, killed, restarted, spoken to. */

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type Client, createClient } from '@spacebot/protocol/client';
import { freePort } from './free-port.ts';
import { type InstanceConfig, renderConfig } from './instance-config.ts';
import { endSpacebotProcesses, type ProcessEnd, SpacebotProcess } from './spacebot-process.ts';
import { WebhookClient } from './webhook-client.ts';

export interface HarnessOptions {
  readonly config?: Partial<InstanceConfig>;
  /** Absolute path; left out: a temporary folder, removed at the end. */
  readonly dir?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** See ProcessOptions. */
  readonly under?: readonly string[];
}

const made = new Set<string>();

export class DaemonHarness {
  readonly dir: string;
  readonly apiPort: number;
  readonly webhookPort: number;
  readonly webhook: WebhookClient;
  readonly #options: HarnessOptions;
  #process: SpacebotProcess | null = null;

  private constructor(options: HarnessOptions, dir: string, ports: { api: number; webhook: number }) {
    this.#options = options;
    this.dir = dir;
    this.apiPort = ports.api;
    this.webhookPort = ports.webhook;
    this.webhook = new WebhookClient(`http://127.0.0.1:${ports.webhook}`);
  }

  /** Writes the instance; nothing runs yet. */
  static async create(modelUrl: string | null, options: HarnessOptions = {}): Promise<DaemonHarness> {
    const dir = options.dir ?? mkdtempSync(join(tmpdir(), 'spacebot-daemon-'));
    if (options.dir === undefined) made.add(dir);
    const ports = { api: options.config?.apiPort ?? (await freePort()), webhook: options.config?.webhookPort ?? (await freePort()) };
    const daemon = new DaemonHarness(options, dir, ports);
    daemon.writeConfig(renderConfig({ modelUrl, apiPort: ports.api, webhookPort: ports.webhook, ...options.config }));
    return daemon;
  }

  get url(): string {
    return `http://127.0.0.1:${this.apiPort}`;
  }

  get process(): SpacebotProcess {
    if (this.#process === null) throw new Error('the daemon was not started yet');
    return this.#process;
  }

  /** Starts without waiting, for a start that is expected to fail or to be killed. */
  launch(flags: readonly string[] = []): SpacebotProcess {
    const { environment, under } = this.#options;
    this.#process = new SpacebotProcess(['start', '--foreground', ...flags], {
      dir: this.dir,
      ...(environment === undefined ? {} : { environment }),
      ...(under === undefined ? {} : { under }),
    });
    return this.#process;
  }

  /** Resolves once API and webhook answer. */
  async start(): Promise<void> {
    this.launch();
    await this.waitReady();
  }

  async waitReady(): Promise<void> {
    await this.process.prints(/^API http/m);
    while (!(await this.#isWebhookOpen())) {
      if (this.process.hasEnded) throw new Error(`the daemon ended:\n${this.process.stderr}`);
      await wait(10);
    }
  }

  async kill9(): Promise<ProcessEnd> {
    return this.process.end('SIGKILL');
  }

  /** SIGTERM; resolves when everything is saved. */
  async stop(): Promise<ProcessEnd> {
    return this.process.end('SIGTERM');
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  token(): string {
    return readFileSync(join(this.dir, 'data', 'api.token'), 'utf8').trim();
  }

  api(): Client {
    return createClient({ baseUrl: this.url, token: this.token() });
  }

  readConfig(): string {
    return readFileSync(join(this.dir, 'config.toml'), 'utf8');
  }

  writeConfig(text: string): void {
    writeFileSync(join(this.dir, 'config.toml'), text);
  }

  /** Every line of the log files. */
  logs(): string {
    const folder = join(this.dir, 'logs');
    return readdirSync(folder)
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .join('');
  }

  async #isWebhookOpen(): Promise<boolean> {
    const response = await fetch(`${this.webhook.url}/health`).catch(() => null);
    await response?.body?.cancel();
    return response?.ok === true;
  }
}

/** For `afterEach`: ends what runs and removes the folders. */
export async function closeDaemons(): Promise<void> {
  await endSpacebotProcesses();
  for (const dir of made) rmSync(dir, { recursive: true, force: true });
  made.clear();
}
