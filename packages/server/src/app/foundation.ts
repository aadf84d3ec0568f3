/** What everything else rests on, opened in this order: log, configuration, the instance's file, its journal. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConfigSnapshot } from '../config/snapshot.ts';
import { ConfigStore } from '../config/store.ts';
import { type Clock, systemClock } from '../core/clock.ts';
import type { StorageError } from '../core/errors.ts';
import { createIdGenerator, type NewId, type RunId } from '../core/ids.ts';
import type { Logger } from '../core/logger.ts';
import type { AdapterDefinition } from '../core/messaging-adapter.ts';
import { redact } from '../security/redact.ts';
import { type BootReport, InstanceStore } from '../storage/instance/instance-store.ts';
import { Journal } from '../storage/instance/journal.ts';
import type { AppOptions } from './app.ts';
import { LogFile } from './log-file.ts';
import { PidFile } from './pid-file.ts';

/** What was opened, newest last; closed in the opposite order. */
export type Closers = (() => void)[];

export interface Foundation {
  readonly instanceDir: string;
  readonly demo: boolean;
  readonly version: string;
  readonly clock: Clock;
  readonly platforms: readonly AdapterDefinition<unknown>[];
  readonly newId: NewId;
  readonly runId: RunId;
  /** Milliseconds. */
  readonly startedAt: number;
  readonly log: Logger;
  readonly configureLog: (snapshot: ConfigSnapshot) => void;
  readonly config: ConfigStore;
  readonly instance: InstanceStore;
  readonly boot: BootReport;
  readonly journal: Journal;
  /** Logs that a store refuses writes. */
  readonly onFailure: (where: string) => (error: StorageError) => void;
}

/** Throws `config_invalid` or `storage_error`; whatever was opened is in `closers`. */
export async function openFoundation(options: AppOptions, closers: Closers): Promise<Foundation> {
  const { instanceDir } = options;
  const clock = options.clock ?? systemClock;
  const newId = createIdGenerator(clock);
  const runId = newId<RunId>();
  const startedAt = clock.now();
  const version = readVersion(options.packageRoot);
  const logFile = openLog(options, runId, clock, closers);
  const log = logFile.logger('app');
  const configureLog = (snapshot: ConfigSnapshot) => applyLogSettings(logFile, snapshot);
  const config = await loadConfiguration(options, { clock, newId, log, configureLog });
  const onFailure = (where: string) => (error: StorageError) => log.error(`a store refuses writes: ${where}`, { error });
  const stores = openStores({ instanceDir, runId, clock, onFailure }, closers);
  const platforms = options.platforms ?? [];
  return {
    instanceDir,
    demo: options.demo,
    version,
    clock,
    platforms,
    newId,
    runId,
    startedAt,
    log,
    configureLog,
    config,
    onFailure,
    ...stores,
  };
}

function openLog(options: AppOptions, runId: RunId, clock: Clock, closers: Closers): LogFile {
  const terminal = options.logToTerminal ? { write: (line: string) => void process.stderr.write(line) } : null;
  const logFile = new LogFile({ instanceDir: options.instanceDir, runId, clock, terminal, scrub: redact });
  closers.push(() => logFile.close());
  return logFile;
}

function applyLogSettings(logFile: LogFile, snapshot: ConfigSnapshot): void {
  const { level, format, retention_days } = snapshot.values.logging;
  logFile.configure({ level, format, retentionDays: retention_days });
}

async function loadConfiguration(
  options: AppOptions,
  { clock, newId, log, configureLog }: Pick<Foundation, 'clock' | 'newId' | 'log' | 'configureLog'>,
): Promise<ConfigStore> {
  const config = new ConfigStore({
    instanceDir: options.instanceDir,
    configPath: options.configFile,
    environment: options.environment,
    clock,
    newId,
    log: log.component('config'),
  });
  const snapshot = await config.load();
  configureLog(snapshot);
  for (const issue of snapshot.issues)
    if (issue.severity === 'warning') log.warn(`configuration: ${issue.message}`, { fields: { path: issue.path } });
  return config;
}

function openStores(
  { instanceDir, runId, clock, onFailure }: Pick<Foundation, 'instanceDir' | 'runId' | 'clock' | 'onFailure'>,
  closers: Closers,
): Pick<Foundation, 'instance' | 'boot' | 'journal'> {
  const instance = new InstanceStore(instanceDir, clock, onFailure('instance'));
  closers.push(() => instance.close());
  const boot = instance.recordBoot(runId);
  const pidFile = new PidFile(instanceDir);
  pidFile.write();
  closers.push(() => pidFile.remove());
  const journal = new Journal(instance.path, instance.database, { clock, crashed: boot.crashed, onFailure: onFailure('journal') });
  closers.push(() => journal.close());
  return { instance, boot, journal };
}

function readVersion(packageRoot: string): string {
  const manifest = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string };
  return manifest.version;
}
