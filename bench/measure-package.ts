/** What the command and the published package cost before any message: `--version`, install size, number of packages. */

import { execFileSync } from 'node:child_process';
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compare, limit, median, printFigure } from './figures.ts';
import { runToEnd } from './processes.ts';
import { launcher, repository } from './subjects.ts';

const ROUNDS = 21;

async function timeRun(args: readonly string[]): Promise<number> {
  const from = performance.now();
  await runToEnd(args);
  return performance.now() - from;
}

export async function measureVersion(): Promise<void> {
  const bare = [];
  const version = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    bare.push(await timeRun(['-e', '0']));
    version.push(await timeRun([launcher, '--version']));
  }
  printFigure(compare('version_wall', 'ms', median(version), median(bare), 1.5));
}

/** Space taken on disk by everything below a folder. */
function diskBytes(folder: string): number {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return files.reduce((sum, file) => sum + lstatSync(join(folder, file)).blocks * 512, 0);
}

/** Packs the package as it would be published and installs it into an empty folder. */
export function measureInstall(): void {
  const folder = mkdtempSync(join(tmpdir(), 'spacebot-install-'));
  try {
    const npm = (args: string[], cwd: string) => execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    npm(['pack', '--pack-destination', folder], join(repository, 'packages/server'));
    const tarball = readdirSync(folder).find((file) => file.endsWith('.tgz'));
    if (tarball === undefined) throw new Error('npm pack made no package');
    const target = join(folder, 'target');
    mkdirSync(target);
    writeFileSync(join(target, 'package.json'), '{"private":true}');
    npm(['install', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline', join(folder, tarball)], target);
    const lock: { packages: Record<string, unknown> } = JSON.parse(readFileSync(join(target, 'node_modules/.package-lock.json'), 'utf8'));
    printFigure(limit('install_size', 'MB', diskBytes(join(target, 'node_modules')) / 1e6, 130));
    printFigure(limit('install_packages', 'packages', Object.keys(lock.packages).length, 120));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
