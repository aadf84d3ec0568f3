/** `skip`: a decision to stay silent, kept as such. */

import { z } from 'zod';
import { defineTool, toolText } from '../core/tool.ts';

export const skip = defineTool({
  name: 'skip',
  description: 'Stay silent this time: nobody is answered. Use it when people talk among themselves and need nothing from you.',
  input: z.strictObject({
    reason: z.string().trim().max(500).optional().describe('Why nothing needs to be said; kept for the operator.'),
  }),
  effect: 'internal',
  availableTo: ['channel'],
  needs: [],
  timeoutMs: 5_000,
  concurrency: 'serial',
  repeat: 'keyed',
  async run({ reason }) {
    return { ...toolText(reason ? `Stayed silent: ${reason}` : 'Stayed silent.'), ends: 'skipped' };
  },
});
