/** Prompt templates with their fallback chain: the agent's own, the instance's, the built-in one; a broken one keeps the last good. */

import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Liquid, Template } from 'liquidjs';
import type { Logger } from '../core/logger.ts';
import { packageRoot } from '../core/package-root.ts';

export type PromptName = 'channel';

interface LoadedTemplate {
  readonly path: string;
  readonly stamp: string;
  readonly template: Template[];
}

/** A template that people wrote and that does not render. */
export interface TemplateIssue {
  readonly path: string;
  readonly message: string;
}

export class PromptTemplates {
  readonly #instanceDir: string;
  readonly #log: Logger;
  #engine: Liquid | undefined;
  /** Last good template by place it was looked for. */
  readonly #loaded = new Map<string, LoadedTemplate>();
  readonly #issues = new Map<string, TemplateIssue>();

  constructor(instanceDir: string, log: Logger) {
    this.#instanceDir = instanceDir;
    this.#log = log;
  }

  /** What does not render now. */
  get issues(): readonly TemplateIssue[] {
    return [...this.#issues.values()];
  }

  /** Loads the template engine; the first render needs it. */
  async prepare(): Promise<void> {
    if (this.#engine) return;
    const { Liquid } = await import('liquidjs');
    // `jsTruthy`: a blank text counts as absent, so that `if` leaves its section out.
    this.#engine = new Liquid({ strictFilters: true, ownPropertyOnly: true, jsTruthy: true });
  }

  /** Changes whenever a render with the same variables could give another text. */
  stamp(name: PromptName, agentDirectory: string): string {
    return this.#candidates(name, agentDirectory)
      .map((path) => stampOf(path) ?? '-')
      .join('|');
  }

  /** Renders the first template of the chain that exists and works; the built-in one always does. */
  async render(name: PromptName, agentDirectory: string, variables: Readonly<Record<string, unknown>>): Promise<string> {
    await this.prepare();
    for (const path of this.#candidates(name, agentDirectory)) {
      const text = this.#tryRender(path, variables);
      if (text !== null) return text;
    }
    throw new Error(`the built-in prompt ${name} does not render`);
  }

  #candidates(name: PromptName, agentDirectory: string): readonly string[] {
    const file = `${name}.md`;
    return [join(agentDirectory, 'prompts', file), join(this.#instanceDir, 'prompts', file), join(packageRoot(), 'prompts', file)];
  }

  #tryRender(path: string, variables: Readonly<Record<string, unknown>>): string | null {
    const stamp = stampOf(path);
    if (stamp === null) {
      this.#loaded.delete(path);
      this.#issues.delete(path);
      return null;
    }
    const last = this.#loaded.get(path);
    if (last?.stamp === stamp) return this.#renderLoaded(last, variables);
    try {
      const next = { path, stamp, template: this.#parse(readFileSync(path, 'utf8')) };
      const text = this.#renderSync(next, variables);
      this.#loaded.set(path, next);
      this.#issues.delete(path);
      return text;
    } catch (error) {
      this.#reportBroken(path, error);
      return last ? this.#renderLoaded(last, variables) : null;
    }
  }

  #renderLoaded(loaded: LoadedTemplate, variables: Readonly<Record<string, unknown>>): string | null {
    try {
      return this.#renderSync(loaded, variables);
    } catch (error) {
      this.#reportBroken(loaded.path, error);
      return null;
    }
  }

  #reportBroken(path: string, error: unknown): void {
    const message = error instanceof Error ? (error.message.split('\n')[0] ?? '') : 'unreadable';
    if (this.#issues.get(path)?.message !== message) this.#log.warn('a prompt template does not render', { fields: { path, message } });
    this.#issues.set(path, { path, message });
  }

  #parse(text: string): Template[] {
    if (!this.#engine) throw new Error('the template engine is not loaded');
    return this.#engine.parse(text);
  }

  #renderSync(loaded: LoadedTemplate, variables: Readonly<Record<string, unknown>>): string {
    if (!this.#engine) throw new Error('the template engine is not loaded');
    return String(this.#engine.renderSync(loaded.template, { ...variables })).trim();
  }
}

/** Size and time of change; null when there is no such file. */
function stampOf(path: string): string | null {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat ? `${stat.mtimeMs}:${stat.size}` : null;
}
