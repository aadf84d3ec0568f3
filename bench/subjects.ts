/** What is measured: the bare floor and the built daemon, each started as a child process on a folder of its own. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Command, freePort, type Started, startProcess } from './processes.ts';

const here = import.meta.dirname;
export const repository = join(here, '..');
export const built = (name: string) => join(here, 'dist', `${name}.js`);
export const launcher = join(repository, 'packages/server/bin/spacebot.js');

const SYSTEM_PROMPT_BYTES = 40 * 1024;
const SENTENCE = 'You are a careful assistant who answers briefly, keeps promises and says so when something is not known. ';
const systemPrompt = SENTENCE.repeat(Math.ceil(SYSTEM_PROMPT_BYTES / SENTENCE.length)).slice(0, SYSTEM_PROMPT_BYTES);

export interface Running extends Started {
  /** Base URL of `/send` and `/poll`. */
  readonly webhookUrl: string;
  /** Where the probe leaves the event-loop delay. */
  readonly probeFile: string;
}

export interface Subject {
  readonly name: 'floor' | 'daemon';
  /** `probe` preloads the event-loop probe: not for figures of the start. */
  start(modelUrl: string, probe: boolean): Promise<Running>;
}

export interface Prepared extends Command {
  readonly webhookUrl: string;
}

async function startSubject(
  prepare: (folder: string, modelUrl: string) => Promise<Prepared>,
  modelUrl: string,
  probe: boolean,
): Promise<Running> {
  const folder = mkdtempSync(join(tmpdir(), 'spacebot-bench-'));
  const { webhookUrl, ...command } = await prepare(folder, modelUrl);
  const probeFile = join(folder, 'probe.json');
  const probeEnv: Record<string, string> = probe ? { NODE_OPTIONS: `--import ${built('probe')}`, SPACEBOT_BENCH_PROBE: probeFile } : {};
  const started = await startProcess({ ...command, env: { ...command.env, ...probeEnv } });
  const stop = async () => {
    await started.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  return { ...started, stop, webhookUrl, probeFile };
}

async function prepareFloor(folder: string, modelUrl: string): Promise<Prepared> {
  const promptFile = join(folder, 'prompt.md');
  writeFileSync(promptFile, systemPrompt);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const env = { MODEL_URL: modelUrl, SYSTEM_PROMPT_FILE: promptFile, DATABASE_FILE: join(folder, 'floor.db'), PORT: String(port) };
  return { args: [built('floor')], env, readyUrl: `${url}/api/health/ready`, webhookUrl: url };
}

/** Writes an instance into `folder` and says how to start it; the folder may be started again and again. */
export async function prepareDaemon(folder: string, modelUrl: string): Promise<Prepared> {
  const [apiPort, webhookPort] = [await freePort(), await freePort()];
  writeFileSync(join(folder, 'config.toml'), daemonConfig(modelUrl, apiPort, webhookPort));
  mkdirSync(join(folder, 'agents/main'), { recursive: true });
  writeFileSync(join(folder, 'agents/main/SOUL.md'), systemPrompt);
  return {
    args: [launcher, 'start', '--foreground'],
    env: { SPACEBOT_DIR: folder },
    readyUrl: `http://127.0.0.1:${apiPort}/api/health/ready`,
    webhookUrl: `http://127.0.0.1:${webhookPort}`,
  };
}

function daemonConfig(modelUrl: string, apiPort: number, webhookPort: number): string {
  return `[llm.provider.bench]
api_type = "openai_chat_completions"
base_url = "${modelUrl}"
api_key = ""

[defaults.routing]
channel = "bench/model"

[api]
port = ${apiPort}

[messaging.webhook]
enabled = true
port = ${webhookPort}

[[agents]]
id = "main"
default = true
`;
}

export const floor: Subject = { name: 'floor', start: (modelUrl, probe) => startSubject(prepareFloor, modelUrl, probe) };
export const daemon: Subject = { name: 'daemon', start: (modelUrl, probe) => startSubject(prepareDaemon, modelUrl, probe) };
