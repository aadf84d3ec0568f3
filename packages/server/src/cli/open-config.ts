/** The configuration of the instance as the command line sees it: straight from the file, with or without a daemon. */

import { ConfigFile, invalidConfig } from '../config/config-file.ts';
import type { ConfigSnapshot } from '../config/snapshot.ts';
import { createIdGenerator } from '../core/ids.ts';
import type { CommandContext } from './context.ts';

/** The instance's own file, or the one at `path`. */
export function openConfig({ host, instance }: CommandContext, path: string = instance.configFile): ConfigFile {
  return new ConfigFile({
    instanceDir: instance.root,
    configPath: path,
    environment: host.environment,
    secrets: { get: () => undefined },
    clock: host.clock,
    newId: createIdGenerator(host.clock),
  });
}

/** Throws ConfigError `config_invalid` with `details.issues`. */
export async function readSnapshot(file: ConfigFile): Promise<ConfigSnapshot> {
  const { text } = await file.read();
  const { issues, loaded } = file.load(text, 1, null);
  if (loaded === null) throw invalidConfig(issues);
  return loaded.snapshot;
}
