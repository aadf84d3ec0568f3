#!/usr/bin/env node
/** Starts Spacebot: the published bundle, or, in a source tree, a bundle that is first brought up to date. */

import { existsSync, readFileSync } from 'node:fs';
import module from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const packageRoot = dirname(dirname(fileURLToPath(import.meta.url)));
const args = process.argv.slice(2);

/** The version is the same before and after a build, so that asking for it loads nothing else. */
function printVersion() {
  const { version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'));
  process.stdout.write(`spacebot ${version}\n`);
}

async function start() {
  if (existsSync(join(packageRoot, 'src'))) {
    const { buildWhenStale } = await import('./build.js');
    await buildWhenStale();
  }
  // Node 22 and later keep compiled code between starts; elsewhere this is undefined.
  module.enableCompileCache?.(join(packageRoot, 'dist', '.compile-cache'));
  const { main } = await import(pathToFileURL(join(packageRoot, 'dist', 'server', 'main.js')).href);
  await main(args, packageRoot);
}

if (args.length === 1 && (args[0] === '--version' || args[0] === '-V')) {
  printVersion();
} else {
  try {
    await start();
  } catch (error) {
    process.stderr.write(`spacebot: ${error.name === 'BuildError' ? error.message : error.stack}\n`);
    process.exitCode = 1;
  }
}
