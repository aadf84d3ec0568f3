import { execFileSync } from 'node:child_process';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CliTestWorld } from '../cli-test-world.ts';

let world: CliTestWorld;
beforeEach(() => {
  world = new CliTestWorld();
});
afterEach(() => world.close());

async function completeInBash(...words: string[]): Promise<string[]> {
  const { stdout: script } = await world.spacebot('completions', 'bash');
  const asked = `${script}
COMP_WORDS=(spacebot ${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}; _spacebot; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-c', asked], { encoding: 'utf8' }).trim().split('\n');
}

test('bash completes commands, sub-commands, flags and fixed values, flags before them or not', async () => {
  expect(await completeInBash('st')).toEqual(['start', 'stop', 'status']);
  expect(await completeInBash('agents', 'c')).toEqual(['create']);
  expect(await completeInBash('--json', 'agents', 'delete', 'ops', '--p')).toEqual(['--purge']);
  expect(await completeInBash('completions', 'z')).toEqual(['zsh']);
});

test.each(['bash', 'zsh', 'fish'])('the %s script names every command and no hidden flag', async (shell) => {
  const { code, stdout } = await world.spacebot('completions', shell);
  expect(code).toBe(0);
  for (const name of ['restart', 'channels', 'messages', 'unset', 'foreground', 'purge', 'since']) expect(stdout).toContain(name);
  expect(stdout).not.toContain('background-child');
});
