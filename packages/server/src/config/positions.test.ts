import { describe, expect, test } from 'vitest';
import { parsePath } from './paths.ts';
import { locateKeys } from './positions.ts';
import { parseToml } from './toml.ts';

function placeOf(text: string, path: string) {
  const { key, value } = locateKeys(text).find(parsePath(path) ?? []);
  return [`${key.line}:${key.column}`, `${value.line}:${value.column}`];
}

const TRICKY = `\uFEFF# comment with [brackets] = "x"
top = 1   # trailing
dotted.inner."odd.key" = 'literal # no comment'

[a.b]
  list = [ 1, # one, ]
    "two, \\" still", ['x'] ] # done
table = { x = 1, y.z = "}", w = [1, { q = 2 }] }
long = """
not = "a key"
"quoted" ""\\"
"""
after = 1979-05-27T07:32:00Z
raw = '''
[not.a.table]
''''
last = true
[[agents]]
id = "one"
[agents.routing]
channel = "m/1"
[[agents.cron]]
id = "c1"
[[agents.cron]]
id = "c2"
[[agents]]
id = "two"
[agents.routing]
channel = "m/2"
[llm.pricing."a/b"]
input_per_mtok = 1\r
output_per_mtok = 2
`;

describe('where keys and values stand', () => {
  test.each([
    ['top', '2:1', '2:7'],
    ['dotted.inner."odd.key"', '3:1', '3:26'],
    ['a.b.list', '6:3', '6:10'],
    ['a.b.list[0]', '6:12', '6:12'],
    ['a.b.list[1]', '7:5', '7:5'],
    ['a.b.list[2]', '7:22', '7:22'],
    ['a.b.table.x', '8:11', '8:15'],
    ['a.b.table.y.z', '8:18', '8:24'],
    ['a.b.table.w[1].q', '8:39', '8:43'],
    ['a.b.long', '9:1', '9:8'],
    ['a.b.after', '13:1', '13:9'],
    ['a.b.raw', '14:1', '14:7'],
    ['a.b.last', '17:1', '17:8'],
    ['agents[0].id', '19:1', '19:6'],
    ['agents[0].routing.channel', '21:1', '21:11'],
    ['agents[0].cron[1].id', '25:1', '25:6'],
    ['agents[1].routing.channel', '29:1', '29:11'],
    ['llm.pricing."a/b".input_per_mtok', '31:1', '31:18'],
    ['llm.pricing."a/b".output_per_mtok', '32:1', '32:19'],
  ])('%s', (path, key, value) => {
    expect('tree' in parseToml(TRICKY)).toBe(true);
    expect(placeOf(TRICKY, path)).toEqual([key, value]);
  });

  test('a key that is not written is placed at the table it is missing from', () => {
    expect(placeOf(TRICKY, 'agents[1].display_name')[0]).toBe('26:3');
  });

  test('an empty file has a first line', () => {
    expect(placeOf('', 'a.b')).toEqual(['1:1', '1:1']);
  });
});
