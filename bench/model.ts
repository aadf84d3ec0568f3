/** The scripted model as a process of its own, and what it says about its calls. */

import { freePort, startProcess } from './processes.ts';
import { built } from './subjects.ts';

export interface Model {
  readonly url: string;
  /** The calls since the last question, each with its start and end in milliseconds since the epoch. */
  takeCalls(): Promise<readonly { readonly from: number; readonly to: number }[]>;
  stop(): Promise<void>;
}

export async function startModel(): Promise<Model> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const started = await startProcess({ args: [built('model-server')], env: { PORT: String(port) }, readyUrl: `${url}/calls` });
  return { url, takeCalls: async () => JSON.parse(await (await fetch(`${url}/calls`)).text()), stop: () => started.stop() };
}
