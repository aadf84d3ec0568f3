/** Entry of the command line: answers `--version` by itself and loads everything else only when it is asked for. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Runs one command and ends the process with its exit status. `packageRoot` is the folder of the package's own files. */
export async function main(args: string[], packageRoot: string): Promise<void> {
  const version = readVersion(packageRoot);
  if (args.length === 1 && (args[0] === '-V' || args[0] === '--version')) {
    process.stdout.write(`spacebot ${version}\n`);
    return;
  }
  // What an instance holds is its owner's alone, also what a library creates.
  process.umask(0o077);
  const [{ createProcessHost }, { runCli }] = await Promise.all([import('./process-host.ts'), import('./run-cli.ts')]);
  const host = createProcessHost(packageRoot, async () => (await import('../api/create-daemon.ts')).createDaemon);
  const code = await runCli(args, version, host);
  await Promise.all([flush(process.stdout), flush(process.stderr)]);
  process.exit(code);
}

function readVersion(packageRoot: string): string {
  const manifest: unknown = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'));
  const version: unknown = typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : undefined;
  return String(version);
}

/** Resolves once the reader has what was written, or has gone. */
function flush(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed || stream.writableEnded) return resolve();
    stream.write('', () => resolve());
  });
}
