/** A provider that speaks a dialect we have: one row of data, its key switched on, a test. */

import { addEntry, inOrder, insertBefore } from './edit-list.js';

const LLM = 'packages/server/src/llm';
const UNSUPPORTED = 'packages/server/src/config/unsupported.ts';

export function providerPlan(forms) {
  const field = `${forms.snake}_key`;
  return {
    files: { [`${LLM}/providers/${forms.kebab}.test.ts`]: test(forms, field) },
    edits: {
      [`${LLM}/providers/rows.ts`]: inOrder(
        insertBefore(`;\n  /** A local server answers`, ` | '${field}'`),
        addEntry('PROVIDER_ROWS: readonly ProviderRow[] = [', '\n];', row(forms, field)),
      ),
      [UNSUPPORTED]: (text) => {
        const line = `  'llm.${field}',\n`;
        if (!text.includes(line))
          throw new Error(`"llm.${field}" is no key that waits for its provider; add it to config/schema/root.ts first`);
        return text.replace(line, '');
      },
    },
    next: [
      `put the real address, model and dialect of ${forms.label} into ${LLM}/providers/rows.ts and into the test`,
      'a protocol of its own needs a folder instead: docs/recipes/provider.md',
    ],
  };
}

const address = ({ kebab }) => `https://api.${kebab}.example`;

const row = (forms, field) => `
  {
    id: '${forms.kebab}',
    label: '${forms.label}',
    dialect: 'openai-chat',
    baseUrl: '${address(forms)}',
    keyField: '${field}',
    keyOptional: false,
    defaultModel: 'default-model',
  },`;

const test = (forms, field) => `import { expect, test } from 'vitest';
import { loadConfig } from '../../config/load.ts';
import type { ConfigSnapshot } from '../../config/snapshot.ts';
import { readProviderSettings } from '../provider-settings.ts';

function snapshotOf(text: string): ConfigSnapshot {
  const { loaded, issues } = loadConfig({
    text,
    path: '/instance/config.toml',
    instanceDir: '/instance',
    fileName: 'config.toml',
    environment: {},
    secrets: { get: () => undefined },
    now: 0,
    version: 1,
    running: null,
  });
  if (loaded === null) throw new Error(JSON.stringify(issues));
  expect(issues.filter((issue) => issue.path === 'llm.${field}' && issue.code === 'unsupported')).toEqual([]);
  return loaded.snapshot;
}

test('a key alone makes ${forms.label} usable', () => {
  const settings = readProviderSettings(snapshotOf('[llm]\\n${field} = "a-key"\\n')).find(({ id }) => id === '${forms.kebab}');
  expect(settings).toMatchObject({
    url: '${address(forms)}/v1/chat/completions',
    auth: { scheme: 'bearer', value: 'a-key' },
    defaultModel: 'default-model',
  });
});

test('without a key ${forms.label} is not there', () => {
  expect(readProviderSettings(snapshotOf('')).map(({ id }) => id)).not.toContain('${forms.kebab}');
});
`;
