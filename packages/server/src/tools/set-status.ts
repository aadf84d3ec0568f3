/** `set_status`: one line that tells people and later turns what is going on here. */

import { z } from 'zod';
import { defineTool, toolText } from '../core/tool.ts';

export const setStatus = defineTool({
  name: 'set_status',
  description: 'Set the one-line status of this conversation, shown to the operator and to you in later turns. An empty text clears it.',
  input: z.strictObject({
    status: z.string().trim().max(200).describe('For example: "waiting for the invoice from Ana".'),
  }),
  effect: 'internal',
  availableTo: ['channel', 'worker'],
  needs: ['turn'],
  timeoutMs: 5_000,
  concurrency: 'serial',
  repeat: 'safe',
  async run({ status }, { turn }) {
    turn.setStatus(status);
    return toolText(status === '' ? 'Status cleared.' : 'Status set.');
  },
});
