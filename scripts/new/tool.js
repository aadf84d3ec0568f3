/** A tool: one object with one schema, its test, one line in tools/index.ts. */

import { addEntry, addImport, inOrder } from './edit-list.js';

const FOLDER = 'packages/server/src/tools';

export function toolPlan({ kebab, camel, snake }) {
  return {
    files: { [`${FOLDER}/${kebab}.ts`]: source({ camel, snake }), [`${FOLDER}/${kebab}.test.ts`]: test({ kebab, camel }) },
    edits: {
      [`${FOLDER}/index.ts`]: inOrder(
        addImport(`import { ${camel} } from './${kebab}.ts';`),
        addEntry('tools: readonly Tool[] = [', ']', camel),
      ),
    },
    next: [
      'say in `description` when a model should use it, and in `effect`, `availableTo` and `repeat` what it may do, where, and after a crash',
      'docs/recipes/tool.md explains each field',
    ],
  };
}

const source = ({ camel, snake }) => `/** \`${snake}\`: gives a text back; replace the description, the schema and \`run\`. */

import { z } from 'zod';
import { defineTool, toolText } from '../core/tool.ts';

export const ${camel} = defineTool({
  name: '${snake}',
  description: 'Give a text back.',
  input: z.strictObject({
    text: z.string().trim().min(1).max(500).describe('What to give back.'),
  }),
  effect: 'internal',
  availableTo: ['worker'],
  needs: [],
  timeoutMs: 5_000,
  concurrency: 'parallel',
  repeat: 'safe',
  async run({ text }) {
    return toolText(text);
  },
});
`;

const test = ({ kebab, camel }) => `import { expect, test } from 'vitest';
import { type AgentId, type ConversationId, trusted, type TurnId } from '../core/ids.ts';
import type { ToolContext, ToolServices } from '../core/tool.ts';
import { ${camel} } from './${kebab}.ts';

const context: ToolContext & ToolServices = {
  agentId: trusted<AgentId>('main'),
  conversationId: trusted<ConversationId>('portal:chat:main:test'),
  turnId: trusted<TurnId>('turn'),
  process: 'worker',
  signal: AbortSignal.timeout(5_000),
  turn: { reply() {}, react() {}, setStatus() {} },
};

test('a fitting call gives its text back', async () => {
  expect(await ${camel}.run({ text: 'hello' }, context)).toMatchObject({ text: 'hello', isError: false });
});

test.each([[{}], [{ text: '' }], [{ text: 'x', more: 1 }]])('arguments that do not fit are refused: %j', (given) => {
  expect(() => ${camel}.run(given, context)).toThrow();
});
`;
