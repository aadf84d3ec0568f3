/** Runs the built command line as a child process, as a person would: its output, its exit status, and its end by its own id. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { packageRoot } from '../core/package-root.ts';

export interface ProcessEnd {
  /** `null` when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProcessOptions {
  readonly dir: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Program and arguments that run the command line, for example a tracer. */
  readonly under?: readonly string[];
}

const launcher = join(packageRoot(), 'bin', 'spacebot.js');
const running = new Set<SpacebotProcess>();

export class SpacebotProcess {
  readonly #child: ChildProcess;
  readonly ended: Promise<ProcessEnd>;
  stdout = '';
  stderr = '';
  #hasEnded = false;
  readonly #looking = new Set<() => void>();

  constructor(args: readonly string[], { dir, environment, under = [] }: ProcessOptions) {
    const [program = process.execPath, ...programArguments] = [...under, process.execPath, launcher, ...args];
    // Nothing of the machine's own settings or keys reaches it.
    const env = { PATH: process.env.PATH, HOME: dir, SPACEBOT_DIR: dir, ...environment };
    this.#child = spawn(program, programArguments, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => this.#hear({ stdout: text, stderr: '' }));
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => this.#hear({ stdout: '', stderr: text }));
    running.add(this);
    this.ended = this.#waitForEnd();
  }

  get pid(): number {
    return this.#child.pid ?? Number.NaN;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Resolves once `pattern` is in stdout or stderr; rejects with the output when the process ends before. */
  async prints(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.stdout) ?? pattern.exec(this.stderr);
      if (found !== null) return found;
      if (this.#hasEnded) throw new Error(`spacebot ended and never printed ${pattern}:\n${this.stdout}\n${this.stderr}`);
      await new Promise<void>((resolve) => this.#looking.add(resolve));
    }
  }

  /** Sends the signal to this process alone and waits for its end. */
  async end(signal: NodeJS.Signals): Promise<ProcessEnd> {
    if (!this.#hasEnded) this.#child.kill(signal);
    return this.ended;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async #waitForEnd(): Promise<ProcessEnd> {
    const [code, signal] = await once(this.#child, 'close');
    this.#hasEnded = true;
    running.delete(this);
    this.#wake();
    return { code, signal, stdout: this.stdout, stderr: this.stderr };
  }

  #hear(text: { stdout: string; stderr: string }): void {
    this.stdout += text.stdout;
    this.stderr += text.stderr;
    this.#wake();
  }

  #wake(): void {
    for (const resolve of this.#looking) resolve();
    this.#looking.clear();
  }
}

/** Runs one command to its end. */
export function runSpacebot(args: readonly string[], options: ProcessOptions): Promise<ProcessEnd> {
  return new SpacebotProcess(args, options).ended;
}

/** For `afterEach`: ends every process that a test left running. */
export async function endSpacebotProcesses(): Promise<void> {
  await Promise.all([...running].map((process) => process.end('SIGKILL')));
}
