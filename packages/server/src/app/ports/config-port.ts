/** The configuration and the instance's own settings, for the API. */

import { relative } from 'node:path';
import type { ConfigChange, InstanceSettings, Issue } from '@spacebot/protocol/config';
import { configJsonSchema } from '../../config/json-schema.ts';
import { maskedValues } from '../../config/masking.ts';
import { type ConfigIssue, defaultAgent, findAgent } from '../../config/snapshot.ts';
import type { ConfigEditResult, ConfigStore } from '../../config/store.ts';
import type { TemplateIssue } from '../../conversations/prompt-templates.ts';
import { NotFoundError } from '../../core/errors.ts';
import type { InstanceStore } from '../../storage/instance/instance-store.ts';
import type { ConfigPort } from '../api-services.ts';
import type { PauseSwitch } from '../pause-switch.ts';

export interface ConfigPortDeps {
  readonly config: ConfigStore;
  readonly instance: InstanceStore;
  readonly instanceDir: string;
  readonly promptIssues: () => readonly TemplateIssue[];
  readonly pause: Pick<PauseSwitch, 'isOn' | 'set'>;
}

const THEMES = ['system', 'dark', 'light'] as const;

export function createConfigPort(deps: ConfigPortDeps): ConfigPort {
  const { config, instance } = deps;
  const readSettings = (): InstanceSettings => {
    const theme = instance.setting('ui.theme');
    return {
      paused: deps.pause.isOn,
      default_agent: defaultAgent(config.current()).id,
      ui: { theme: THEMES.find((name) => name === theme) ?? 'system' },
    };
  };
  return {
    async document() {
      const snapshot = config.current();
      return {
        revision: snapshot.revision,
        path: snapshot.path,
        values: { ...maskedValues(snapshot) },
        sources: { ...snapshot.sources },
        issues: [...snapshot.issues.map(issueView), ...deps.promptIssues().map((issue) => promptIssueView(issue, deps.instanceDir))],
        restart_required: [...snapshot.restartRequired],
      };
    },
    update: async (change, expected) => changeView(await config.patch({ set: change.set ?? {}, unset: change.unset ?? [] }, expected)),
    async raw() {
      const { text, revision } = await config.file.raw();
      return { toml: text, revision };
    },
    writeRaw: async (toml, expected) => changeView(await config.putRaw(toml, expected)),
    async validate(toml) {
      const { valid, issues } = config.file.validate(toml);
      return { valid, issues: issues.map(issueView) };
    },
    schema: () => configJsonSchema(),
    settings: async () => readSettings(),
    async updateSettings(change) {
      if (change.default_agent !== undefined) {
        const wanted = change.default_agent;
        const snapshot = config.current();
        if (!findAgent(snapshot, wanted)) throw new NotFoundError('agent_not_found', `There is no agent "${wanted}".`);
        if (defaultAgent(snapshot).id !== wanted)
          await config.patch(
            defaultAgentPatch(
              snapshot.agents.map((agent) => agent.id),
              wanted,
            ),
          );
      }
      if (change.paused !== undefined) await deps.pause.set(change.paused);
      if (change.ui?.theme !== undefined) await instance.setSetting('ui.theme', change.ui.theme);
      return readSettings();
    },
  };
}

function defaultAgentPatch(ids: readonly string[], wanted: string): { set: Record<string, unknown>; unset: string[] } {
  return { set: Object.fromEntries(ids.map((id) => [`agents.${id}.default`, id === wanted])), unset: [] };
}

function promptIssueView({ path, message }: TemplateIssue, instanceDir: string): Issue {
  const file = relative(instanceDir, path);
  const place = { file, line: null, column: null, path: file };
  const words = `the template does not render: ${message}`;
  return {
    severity: 'warning',
    code: 'invalid_value',
    ...place,
    expected: 'a template that renders',
    got: null,
    suggestion: null,
    message: words,
  };
}

function issueView(issue: ConfigIssue): Issue {
  return { ...issue };
}

function changeView(result: ConfigEditResult): ConfigChange {
  return {
    revision: result.revision,
    changed: [...result.changed],
    restart_required: [...result.restartRequired],
    issues: result.issues.map(issueView),
  };
}
