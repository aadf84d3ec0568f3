/** `npm run new adapter|tool|provider|endpoint NAME`: writes the files of an addition, its test and its line in the list; all of it compiles. */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { adapterPlan } from './new/adapter.js';
import { endpointPlan } from './new/endpoint.js';
import { nameForms } from './new/names.js';
import { providerPlan } from './new/provider.js';
import { toolPlan } from './new/tool.js';

const repository = join(import.meta.dirname, '..');
const PLANS = { adapter: adapterPlan, tool: toolPlan, provider: providerPlan, endpoint: endpointPlan };

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}

const [kind, name] = process.argv.slice(2);
if (!Object.hasOwn(PLANS, kind ?? '') || !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name ?? '')) {
  fail(`usage: npm run new ${Object.keys(PLANS).join('|')} NAME   (NAME in lower case, words joined by "-")`);
}

/** A plan is `{ files: { path: text }, edits: { path: (text) => text }, next: [sentences] }`; an edit throws when its place is gone. */
const plan = PLANS[kind](nameForms(name));
const taken = Object.keys(plan.files).filter((path) => existsSync(join(repository, path)));
if (taken.length > 0) fail(`there already: ${taken.join(', ')}`);

// All edits are computed before anything is written: either everything is there afterwards or nothing.
const written = { ...plan.files };
for (const [path, edit] of Object.entries(plan.edits)) {
  try {
    written[path] = edit(readFileSync(join(repository, path), 'utf8'));
  } catch (error) {
    fail(`${path}: ${error.message}`);
  }
}
for (const [path, text] of Object.entries(written)) {
  mkdirSync(dirname(join(repository, path)), { recursive: true });
  writeFileSync(join(repository, path), text);
}

const biome = join(repository, 'node_modules/@biomejs/biome/bin/biome');
const checked = spawnSync(process.execPath, [biome, 'check', '--write', ...Object.keys(written)], { cwd: repository, encoding: 'utf8' });
if (checked.status !== 0) process.stderr.write(checked.stderr);
for (const path of Object.keys(plan.files)) process.stdout.write(`new      ${path}\n`);
for (const path of Object.keys(plan.edits)) process.stdout.write(`changed  ${path}\n`);
for (const sentence of plan.next) process.stdout.write(`next     ${sentence}\n`);
process.exitCode = checked.status ?? 1;
