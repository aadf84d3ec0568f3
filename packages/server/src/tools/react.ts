/** `react`: an emoji on a message, where words would be too much. */

import { z } from 'zod';
import { defineTool, toolText } from '../core/tool.ts';

export const react = defineTool({
  name: 'react',
  description: 'Put an emoji reaction on a message. Without message_id: on the message you are answering.',
  input: z.strictObject({
    emoji: z.string().trim().min(1).max(64).describe('One emoji, for example 👍.'),
    message_id: z.string().trim().min(1).max(256).optional(),
  }),
  effect: 'internal',
  availableTo: ['channel'],
  needs: ['turn'],
  timeoutMs: 5_000,
  concurrency: 'serial',
  repeat: 'keyed',
  async run({ emoji, message_id }, { turn }) {
    turn.react(emoji, message_id);
    return toolText(`Reacted with ${emoji}.`);
  },
});
