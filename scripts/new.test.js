import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { adapterPlan } from './new/adapter.js';
import { addEntry } from './new/edit-list.js';
import { endpointPlan } from './new/endpoint.js';
import { nameForms } from './new/names.js';
import { providerPlan } from './new/provider.js';
import { toolPlan } from './new/tool.js';

const repository = join(import.meta.dirname, '..');

test.each([
  ['adapter', adapterPlan, 'night-post', ['nightPost']],
  ['tool', toolPlan, 'night-post', ['nightPost']],
  ['provider', providerPlan, 'moonshot', ["id: 'moonshot'", "'moonshot_key'"]],
  ['endpoint', endpointPlan, 'night-post', ['night-post']],
])('npm run new %s finds its lists as they are today and writes its lines into them', (_kind, plan, name, expected) => {
  const { edits, files } = plan(nameForms(name));
  expect(Object.keys(files).some((path) => /[.]test[.]ts$/.test(path))).toBe(true);
  const changed = Object.entries(edits).map(([path, edit]) => {
    const before = readFileSync(join(repository, path), 'utf8');
    const after = edit(before);
    expect(after).not.toBe(before);
    return after;
  });
  for (const text of expected) expect(changed.join('\n')).toContain(text);
});

test('a list that is not where it was is an error, not a silent no-op', () => {
  expect(() => addEntry('things = [', ']', 'x')('const others = [];')).toThrow('found no list');
});

test('a name is known in every form that code needs', () => {
  expect(nameForms('night-post')).toEqual({
    kebab: 'night-post',
    pascal: 'NightPost',
    camel: 'nightPost',
    snake: 'night_post',
    label: 'Night post',
  });
});
