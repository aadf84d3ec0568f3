/** What the preview page shows where a server would speak. */

import type { LiveTurn } from '../../lib/events/live-turn.ts';
import type { ToolFact } from '../../lib/events/turn-facts.ts';
import type { Failure } from '../../lib/timeline.ts';

const NOW = new Date().toISOString();

export const MARKDOWN = `A paragraph with **strong**, *emphasised*, \`code\` and [a link](https://example.org).

1. First
2. Second, with a task list
   - [x] done
   - [ ] open

> A quotation, and a picture that is not loaded: ![chart](https://example.org/chart.png)

| model | tokens |
|---|--:|
| small | 812 |
| large | 41,200 |

\`\`\`ts
const answer = 6 * 7;
\`\`\``;

export const runningTool: ToolFact = { callId: '1', name: 'shell', startedAt: NOW, arguments: { command: 'npm test' }, result: null };
export const usedTool: ToolFact = {
  ...runningTool,
  callId: '2',
  name: 'file_read',
  arguments: { path: 'README.md' },
  result: { isError: false, code: null, preview: '# Spacebot', durationMs: 42 },
};
export const failedTool: ToolFact = {
  ...usedTool,
  callId: '3',
  name: 'web_fetch',
  result: { isError: true, code: 'ssrf_blocked', preview: 'refused', durationMs: 8 },
};

export const failure: Failure = {
  turnId: '0195a3f2-7c1e-7d7a-9b3f-5e2f1c8d9a01',
  detail: 'The model provider is overloaded.',
  messageIds: [],
};

export const liveTurn: LiveTurn = {
  turnId: '1',
  startedAt: NOW,
  model: 'anthropic/claude',
  text: 'The tests pass. Next I look at the',
  messageId: 'm',
  nextIndex: 3,
  hasGap: false,
  isThinking: false,
  tool: null,
};
