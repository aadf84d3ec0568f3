import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silentLogger } from '../core/logger.ts';
import { packageRoot } from '../core/package-root.ts';
import { PromptTemplates } from './prompt-templates.ts';

let directory: string;
let agent: string;
let templates: PromptTemplates;
let warnings: unknown[];
let edits = 0;

const VARIABLES = {
  agent: { name: 'Robo', role: null },
  place: { platform: 'webhook', name: null, server: null, is_direct: true },
  soul: '',
  identity: '',
  user: '',
  duties: '',
};

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'spacebot-prompts-'));
  agent = join(directory, 'agents', 'main');
  warnings = [];
  const log = { ...silentLogger, warn: (_message: string, context?: { fields?: unknown }) => void warnings.push(context?.fields) };
  templates = new PromptTemplates(directory, log);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Every edit gets a time of its own, as people's edits have. */
function write(folder: string, text: string): string {
  const path = join(folder, 'prompts', 'channel.md');
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  edits += 1;
  utimesSync(path, edits, edits);
  return path;
}

const render = () => templates.render('channel', agent, VARIABLES);

describe('[PR-1] the chain', () => {
  test('is the agent’s own, the instance’s, the built-in one, each as soon as it is there', async () => {
    expect(await render()).toMatch(/^You are Robo\./);
    write(directory, 'Instance {{ agent.name }}');
    expect(await render()).toBe('Instance Robo');
    const own = write(agent, 'Own {{ agent.name }}');
    expect(await render()).toBe('Own Robo');
    rmSync(own);
    expect(await render()).toBe('Instance Robo');
  });

  test('has a stamp that changes with every edit and with nothing else', async () => {
    const stamps = [templates.stamp('channel', agent)];
    await render();
    expect(templates.stamp('channel', agent)).toBe(stamps[0]);
    write(directory, 'a');
    stamps.push(templates.stamp('channel', agent));
    write(directory, 'b');
    stamps.push(templates.stamp('channel', agent));
    expect(new Set(stamps).size).toBe(3);
  });
});

describe('a broken template', () => {
  test('keeps the last good one, is listed with its place, and logged once', async () => {
    const path = write(agent, 'Good {{ agent.name }}');
    await render();
    write(agent, '{% if %}');
    expect([await render(), await render()]).toEqual(['Good Robo', 'Good Robo']);
    expect(templates.issues).toMatchObject([{ path }]);
    expect(warnings).toHaveLength(1);
    write(agent, 'Better {{ agent.name }}');
    expect(await render()).toBe('Better Robo');
    expect(templates.issues).toEqual([]);
  });

  test('that was never good gives way to the next of the chain', async () => {
    write(directory, 'Instance');
    write(agent, '{{ agent.name | no_such_filter }}');
    expect(await render()).toBe('Instance');
    expect(templates.issues).toHaveLength(1);
  });

  test('that was removed is no problem any more', async () => {
    const path = write(agent, '{% if %}');
    await render();
    rmSync(path);
    await render();
    expect(templates.issues).toEqual([]);
  });

  test('cannot reach what it was not given', async () => {
    write(agent, '[{{ agent.constructor.name }}{{ process.env.PATH }}]');
    expect(await render()).toBe('[]');
  });
});

test('every built-in prompt names its variables at the top and renders with and without them', async () => {
  expect(readdirSync(join(packageRoot(), 'prompts'))).toEqual(['channel.md']);
  const full = {
    agent: { name: 'Robo', role: 'helper' },
    place: { platform: 'slack', name: 'general', server: 'Acme', is_direct: false },
    soul: 'SOUL-TEXT',
    identity: 'IDENTITY-TEXT',
    user: 'USER-TEXT',
    duties: 'DUTIES-TEXT',
  };
  const text = await templates.render('channel', agent, full);
  for (const word of ['Robo, helper', 'slack, Acme, general', 'SOUL-TEXT', 'IDENTITY-TEXT', 'USER-TEXT', 'DUTIES-TEXT', 'Several people'])
    expect(text).toContain(word);
  const bare = await render();
  expect(bare).not.toMatch(/[{}]|<soul>|undefined|null|Variables/);
  expect(bare).toContain('Where you are: webhook. This is a direct conversation with one person.');
});
