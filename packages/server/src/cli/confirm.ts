/** Asking before something is lost. */

import { createInterface } from 'node:readline/promises';
import { usageError } from './cli-error.ts';
import type { CommandContext } from './context.ts';

/** True when the person, or `-y`, says so; without a terminal to ask at it is a usage error. */
export async function confirm({ host, output }: CommandContext, yes: boolean | undefined, question: string): Promise<boolean> {
  if (yes === true) return true;
  if (host.stdin.isTTY !== true || output.json) throw usageError('This needs a confirmation.', 'Without a terminal, say -y.');
  host.stderr.write(`${question} ${output.paintError.faint('[y/N]')} `);
  const reader = createInterface({ input: host.stdin });
  try {
    for await (const line of reader) return /^y(es)?$/iu.test(line.trim());
    return false;
  } finally {
    reader.close();
  }
}
