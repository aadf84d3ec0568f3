/** `reply`: says something to the people of the conversation and ends the turn. */

import { z } from 'zod';
import { defineTool, toolText } from '../core/tool.ts';

export const reply = defineTool({
  name: 'reply',
  description: 'Send a message to the people in this conversation. Markdown is understood. This is the only thing they see of your work.',
  input: z.strictObject({
    content: z.string().trim().min(1).max(100_000).describe('What to say, in full.'),
  }),
  effect: 'internal',
  availableTo: ['channel'],
  needs: ['turn'],
  timeoutMs: 5_000,
  concurrency: 'serial',
  repeat: 'keyed',
  async run({ content }, { turn }) {
    turn.reply(content);
    return { ...toolText('Sent.'), ends: 'replied' };
  },
});
