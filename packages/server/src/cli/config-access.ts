/** The configuration as commands use it: the file of the local instance, or a daemon elsewhere. */

import type { ConfigChange, ConfigDocument } from '@spacebot/protocol/config';
import type { ConfigPatch } from '../config/config-file.ts';
import { maskedValues } from '../config/masking.ts';
import { tablesOf } from '../config/normalize.ts';
import { parsePath, readPath } from '../config/paths.ts';
import { needsRestart } from '../config/restart-keys.ts';
import { parseToml } from '../config/toml.ts';
import type { CommandContext } from './context.ts';
import { openConfig, readSnapshot } from './open-config.ts';

export interface ConfigAccess {
  /** Throws `config_invalid` when the local file is. */
  read(): Promise<ConfigDocument>;
  /** All or nothing; the local file may be invalid before. Throws `config_invalid`, `config_write_failed`, `revision_conflict`. */
  patch(change: ConfigPatch): Promise<ConfigChange>;
}

/** A local daemon takes a change of the file by itself; only a remote one must be asked. */
export function accessConfig(context: CommandContext): ConfigAccess {
  return context.remote === null ? accessFile(context) : accessDaemon(context);
}

function accessDaemon(context: CommandContext): ConfigAccess {
  return {
    read: async () => (await context.connect()).call('GET /config'),
    async patch({ set, unset }) {
      const body = { ...(set === undefined ? {} : { set }), ...(unset === undefined ? {} : { unset: [...unset] }) };
      return (await context.connect()).call('PATCH /config', { body });
    },
  };
}

function accessFile(context: CommandContext): ConfigAccess {
  const file = openConfig(context);
  return {
    async read() {
      const snapshot = await readSnapshot(file);
      const { revision, path, sources, issues, restartRequired } = snapshot;
      return { revision, path, values: maskedValues(snapshot), sources, issues: [...issues], restart_required: [...restartRequired] };
    },
    async patch(change) {
      const before = await file.read();
      // Nothing to take out of a file is no reason to write one.
      const isEmpty = change.set === undefined && !(change.unset ?? []).some((key) => isWritten(before.text ?? '', key));
      const after = isEmpty ? before : await file.patch(change);
      const touched = before.text === after.text ? [] : [...Object.keys(change.set ?? {}), ...(change.unset ?? [])];
      return {
        revision: after.revision,
        changed: touched.filter((key) => !needsRestart(key)),
        restart_required: touched.filter(needsRestart),
        issues: [...file.validate(after.text ?? '').issues],
      };
    },
  };
}

/** Agents go by id in requests and by position in the file. */
function isWritten(text: string, key: string): boolean {
  const parsed = parseToml(text);
  const path = parsePath(key);
  if ('problem' in parsed || path === undefined) return true;
  const agents = Object.fromEntries(tablesOf(parsed.tree.agents).map((agent) => [String(agent.id), agent]));
  return readPath({ ...parsed.tree, agents }, path) !== undefined;
}
