/** The scripted model as a process of its own, for tests that kill the daemon: echoes, and prints its URL as one JSON line. Arguments: port, delay in ms. */

import { echo } from './script.ts';
import { startScriptedModel } from './server.ts';

const port = Number(process.argv[2] ?? 0);
const delayMs = Number(process.argv[3] ?? 0);
const model = await startScriptedModel((request) => ({ ...echo(request), delayMs }), port);
process.stdout.write(`${JSON.stringify({ url: model.url })}\n`);

const stop = () => {
  void model.close().then(() => process.exit(0));
};
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
