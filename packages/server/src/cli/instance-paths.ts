/** Which instance a command is about, and where the things of that instance lie. */

import { join } from 'node:path';
import { type InstanceDirInput, resolveInstanceDir } from '../config/instance-dir.ts';

export interface InstancePaths {
  /** Absolute, as all others. */
  readonly root: string;
  readonly configFile: string;
  readonly socket: string;
  readonly pidFile: string;
  readonly lockFile: string;
  readonly tokenFile: string;
  readonly logFolder: string;
  /** What the background process itself prints, such as a crash of the runtime; its log lines go elsewhere. */
  readonly outputFile: string;
}

export function locateInstance(input: InstanceDirInput): InstancePaths {
  const { dir: root, configPath: configFile } = resolveInstanceDir(input);
  return {
    root,
    configFile,
    socket: join(root, 'spacebot.sock'),
    pidFile: join(root, 'spacebot.pid'),
    lockFile: join(root, 'data', 'lock'),
    tokenFile: join(root, 'data', 'api.token'),
    logFolder: join(root, 'logs'),
    outputFile: join(root, 'logs', 'output.log'),
  };
}
