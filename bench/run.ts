/** `npm run bench [-- start messages version install]`: prints one JSON line per figure, each measured beside the floor of the same run. */

import { measureMessages } from './measure-messages.ts';
import { measureInstall, measureVersion } from './measure-package.ts';
import { measureStart } from './measure-start.ts';
import { type Model, startModel } from './model.ts';
import { runToEnd } from './processes.ts';
import { repository } from './subjects.ts';

const GROUPS: Readonly<Record<string, (model: Model) => unknown>> = {
  start: measureStart,
  messages: measureMessages,
  version: measureVersion,
  install: measureInstall,
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in GROUPS));
if (unknown.length > 0) throw new Error(`no such group: ${unknown.join(', ')}; there are ${Object.keys(GROUPS).join(', ')}`);

await runToEnd([`${repository}/packages/server/bin/build.js`]);
await runToEnd([`${repository}/node_modules/tsdown/dist/run.mjs`, '--log-level', 'warn'], {}, import.meta.dirname);
const model = await startModel();
try {
  for (const [name, measure] of Object.entries(GROUPS)) {
    if (asked.length === 0 || asked.includes(name)) await measure(model);
  }
} finally {
  await model.stop();
}
