import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Clock } from '../core/clock.ts';
import { isAppError } from '../core/errors.ts';
import { createIdGenerator, type NewId } from '../core/ids.ts';
import { silentLogger } from '../core/logger.ts';
import { addAgentEntry, removeAgentEntry } from './agent-entries.ts';
import { effectiveValue } from './effective.ts';
import type { ConfigChange, ConfigIssue } from './snapshot.ts';
import { ConfigStore, issuesOf } from './store.ts';

const TEXT = `# my configuration
[api]
port = 4000 # the port

[llm]
openai_key = "sk-literal" # to be moved

# how talkative
[defaults]
max_turns = 7

[[agents]]
# the first
id = "main"
max_turns = 8

[[agents]]
id = "helper"
[agents.routing]
channel = "a/b" # cheap
`;

let folder: string;
let path: string;
let store: ConfigStore;
let time: ManualClock;

class ManualClock implements Clock {
  #now = 1_000_000;
  #timers: { at: number; callback: () => void }[] = [];
  now = () => this.#now;
  schedule = (delayMs: number, callback: () => void) => {
    const timer = { at: this.#now + delayMs, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  };
  advance(milliseconds: number) {
    const end = this.#now + milliseconds;
    for (;;) {
      const next = this.#timers.filter((timer) => timer.at <= end).sort((left, right) => left.at - right.at)[0];
      if (next === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#now = next.at;
      next.callback();
    }
    this.#now = end;
  }
}

function openStore(environment: Record<string, string> = {}): ConfigStore {
  const newId: NewId = createIdGenerator(time);
  return new ConfigStore({ instanceDir: folder, configPath: path, environment, clock: time, newId, log: silentLogger });
}

/** The next reload or failure, whichever comes. */
function nextOutcome(): Promise<ConfigChange | readonly ConfigIssue[]> {
  return new Promise((resolve) => {
    const stop = [store.subscribe((_next, _previous, change) => finish(change)), store.subscribeFailures((issues) => finish(issues))];
    const finish = (outcome: ConfigChange | readonly ConfigIssue[]) => {
      for (const end of stop) end();
      resolve(outcome);
    };
  });
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return isAppError(error) ? error.code : String(error);
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spacebot-config-'));
  path = join(folder, 'config.toml');
  time = new ManualClock();
  await writeFile(path, TEXT);
  store = openStore();
});

afterEach(async () => {
  store.stopWatching();
  await rm(folder, { recursive: true, force: true });
});

describe('start', () => {
  test('an invalid file stops the load with every issue', async () => {
    await writeFile(path, '[defaults]\nmax_turns = "x"\ncontext_window = 1\n');
    const error: unknown = await store.load().catch((reason: unknown) => reason);
    if (!isAppError(error)) throw error;
    expect(error.code).toBe('config_invalid');
    expect(issuesOf(error).map((issue) => issue.path)).toEqual(['defaults.max_turns', 'defaults.context_window']);
  });

  test('a file that is not UTF-8 is refused with its name', async () => {
    await writeFile(path, Buffer.from([0x61, 0xff, 0xfe]));
    expect(await codeOf(store.load())).toBe('config_invalid');
  });

  test('no file and no folder is the built-in configuration', async () => {
    await rm(folder, { recursive: true });
    const snapshot = await store.load();
    expect([snapshot.hasFile, snapshot.agents.length, snapshot.values.api.port]).toEqual([false, 1, 19_898]);
  });
});

describe('reload', () => {
  test('[CF-5] good content is applied as one unit and names what changed', async () => {
    const before = await store.load();
    await writeFile(path, TEXT.replace('max_turns = 8', 'max_turns = 9').replace('"a/b"', '"a/c"'));
    const change = await store.reload('test');
    expect(change).toMatchObject({
      reason: 'test',
      changed: ['agents.main.max_turns', 'agents.helper.routing.channel'],
      restartRequired: [],
    });
    expect(store.current().agents[0]?.settings.max_turns).toBe(9);
    expect(before.agents[0]?.settings.max_turns).toBe(8);
    expect(store.current().version).toBe(2);
  });

  test('[CF-4] a broken edit keeps the running configuration until a good file is there', async () => {
    const before = await store.load();
    await writeFile(path, 'max_turns = = 1');
    const outcome = nextOutcome();
    expect(await store.reload('test')).toBeNull();
    expect(await outcome).toMatchObject([{ code: 'syntax', line: 1 }]);
    expect(store.current()).toBe(before);
    expect(store.lastError?.code).toBe('config_invalid');
    await writeFile(path, TEXT);
    expect(await store.reload('test')).toMatchObject({ changed: [] });
    expect(store.lastError).toBeNull();
  });

  test('[CF-7] keys that need a restart keep their running value and are listed until then', async () => {
    await store.load();
    await writeFile(path, TEXT.replace('4000', '4001').replace('# the first', 'workspace = "/elsewhere"'));
    const change = await store.reload('test');
    expect(change).toMatchObject({ changed: [], restartRequired: ['api.port', 'agents.main.workspace'] });
    expect(store.current().values.api.port).toBe(4000);
    expect(store.current().agents[0]?.workspace).toBe(join(folder, 'agents/main/workspace'));
    await writeFile(path, TEXT);
    expect(await store.reload('test')).toMatchObject({ restartRequired: [] });
  });

  test('[CF-7] agents that come and go are named', async () => {
    await store.load();
    await writeFile(path, TEXT.replace('"helper"', '"other"'));
    expect(await store.reload('test')).toMatchObject({ changed: ['agents.helper', 'agents.other'] });
  });

  test('[CF-8] an unchanged file is read again so that a new secret takes effect', async () => {
    const secrets = new Map<string, string>();
    await writeFile(path, '[llm]\nopenai_key = "secret:K"\n');
    store = new ConfigStore({
      instanceDir: folder,
      configPath: path,
      environment: {},
      clock: time,
      newId: createIdGenerator(time),
      log: silentLogger,
      secrets,
    });
    expect((await store.load()).values.llm.openai_key).toBeUndefined();
    secrets.set('K', 'value');
    expect(await store.reload('secrets')).toMatchObject({ changed: ['llm.openai_key'] });
  });

  test('a listener that throws does not keep others from hearing', async () => {
    await store.load();
    store.subscribe(() => {
      throw new Error('broken listener');
    });
    const outcome = nextOutcome();
    await store.reload('test');
    expect(await outcome).toMatchObject({ changed: [] });
  });
});

describe('[CF-3] watching', () => {
  test('a change acts after two quiet seconds, not before', async () => {
    await store.load();
    store.startWatching();
    await writeFile(path, TEXT.replace('= 7', '= 6'));
    time.advance(1500);
    await writeFile(path, TEXT.replace('= 7', '= 66'));
    time.advance(1900);
    expect(store.current().defaults.max_turns).toBe(7);
    const outcome = nextOutcome();
    time.advance(1500);
    expect(await outcome).toMatchObject({ reason: 'file', changed: ['defaults.max_turns'] });
    expect(store.current().defaults.max_turns).toBe(66);
  });

  test('a replaced file and a replaced folder are noticed', async () => {
    await store.load();
    store.startWatching();
    await writeFile(`${path}.new`, TEXT.replace('= 7', '= 6'));
    await rename(`${path}.new`, path);
    let outcome = nextOutcome();
    time.advance(3000);
    expect(await outcome).toMatchObject({ changed: ['defaults.max_turns'] });
    await rm(folder, { recursive: true });
    await mkdir(folder);
    await writeFile(path, TEXT.replace('= 7', '= 5'));
    outcome = nextOutcome();
    time.advance(3000);
    expect(await outcome).toMatchObject({ changed: ['defaults.max_turns'] });
  });

  test('a file made after the start is noticed', async () => {
    await rm(folder, { recursive: true });
    await store.load();
    store.startWatching();
    await mkdir(folder);
    await writeFile(path, '[defaults]\nmax_turns = 4\n');
    const outcome = nextOutcome();
    time.advance(3000);
    expect(await outcome).toMatchObject({ changed: ['defaults.max_turns'] });
  });

  test('a file that vanishes is a visible error and the configuration stays', async () => {
    await store.load();
    store.startWatching();
    await rm(path);
    const outcome = nextOutcome();
    time.advance(3000);
    expect(await outcome).toMatchObject([{ severity: 'error', message: 'the file is gone' }]);
    expect(store.current().agents).toHaveLength(2);
  });

  test('the same content and own writes are not applied again', async () => {
    await store.load();
    store.startWatching();
    const heard: ConfigChange[] = [];
    store.subscribe((_next, _previous, change) => heard.push(change));
    await store.patch({ set: { 'defaults.max_turns': 5 } });
    await writeFile(path, await readFile(path, 'utf8'));
    time.advance(5000);
    await writeFile(path, TEXT);
    const outcome = nextOutcome();
    time.advance(5000);
    await outcome;
    expect(heard.map((change) => change.reason)).toEqual(['api', 'file']);
  });
});

describe('[CF-6] editing', () => {
  test('keys are set by path with comments and order kept, agents by id', async () => {
    await store.load();
    const result = await store.patch({
      set: { 'agents.helper.max_turns': 3, 'defaults.max_turns': 6, 'agents.helper.routing.channel': 'x/y' },
    });
    expect([...result.changed].sort()).toEqual(['agents.helper.max_turns', 'agents.helper.routing.channel', 'defaults.max_turns']);
    const text = await readFile(path, 'utf8');
    expect(text).toContain('# how talkative\n[defaults]\nmax_turns = 6\n');
    expect(text).toContain('channel = "x/y" # cheap');
    expect(text.replace('max_turns = 6', 'max_turns = 7').replace('x/y', 'a/b').replace('max_turns = 3\n', '')).toBe(TEXT);
    expect(store.current().agents[1]?.settings.max_turns).toBe(3);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  test('keys are taken away and new tables made', async () => {
    await store.load();
    await store.patch({
      unset: ['agents.main.max_turns', 'agents.helper.routing.channel'],
      set: { 'defaults.coalesce.enabled': false, 'messaging.webhook.enabled': true },
    });
    const { agents, values } = store.current();
    expect(agents.map((agent) => [agent.settings.max_turns, agent.settings.routing.channel, agent.settings.coalesce.enabled])).toEqual([
      [7, undefined, false],
      [7, undefined, false],
    ]);
    expect(values.messaging.webhook.enabled).toBe(true);
    expect(await readFile(path, 'utf8')).toContain('# the first');
  });

  test('without a file the first edit makes it, private', async () => {
    await rm(folder, { recursive: true });
    await store.load();
    await store.patch({ set: { 'agents.main.display_name': 'Ada', 'defaults.routing.channel': 'a/b' } });
    expect(store.current().agents[0]).toMatchObject({ displayName: 'Ada', settings: { routing: { channel: 'a/b' } } });
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
  });

  test('an invalid result is refused and the file is unchanged', async () => {
    await store.load();
    expect(await codeOf(store.patch({ set: { 'defaults.max_turns': 0 } }))).toBe('config_invalid');
    expect(await codeOf(store.patch({ set: { 'agents.ghost.max_turns': 3 } }))).toBe('config_invalid');
    expect(await codeOf(store.patch({ set: { 'defaults.max_turn': 3 } }))).toBe('config_invalid');
    expect(await codeOf(store.patch({ set: { 'defaults.max_turns': null } }))).toBe('config_invalid');
    expect(await readFile(path, 'utf8')).toBe(TEXT);
  });

  test('an edit based on an older file is a conflict', async () => {
    const { revision } = await store.load();
    await store.patch({ set: { 'defaults.max_turns': 6 } }, revision);
    expect(await codeOf(store.patch({ set: { 'defaults.max_turns': 5 } }, revision))).toBe('revision_conflict');
  });

  test('the last ten copies are kept and no temporary file stays', async () => {
    await store.load();
    for (let turns = 20; turns < 32; turns += 1) {
      time.advance(1);
      await store.patch({ set: { 'defaults.max_turns': turns } });
    }
    const history = join(folder, 'data/config-history');
    const copies = (await readdir(history)).sort();
    expect(copies).toHaveLength(10);
    expect(await readFile(join(history, copies[9] ?? ''), 'utf8')).toContain('max_turns = 30');
    expect((await readdir(folder)).sort()).toEqual(['config.toml', 'data']);
  });

  test('a linked file stays a link', async () => {
    await rename(path, join(folder, 'real.toml'));
    await symlink(join(folder, 'real.toml'), path);
    await store.load();
    await store.patch({ set: { 'defaults.max_turns': 6 } });
    expect(await readFile(join(folder, 'real.toml'), 'utf8')).toContain('max_turns = 6');
  });

  test('a change that cannot be kept or written is refused and the file is unchanged', async () => {
    await store.load();
    await writeFile(join(folder, 'data'), 'in the way of the copies');
    expect(await codeOf(store.patch({ set: { 'defaults.max_turns': 6 } }))).toBe('config_write_failed');
    expect(await readFile(path, 'utf8')).toBe(TEXT);
    expect(store.current().defaults.max_turns).toBe(7);
  });

  test('the text is shown with literal credentials masked, and *** keeps the stored one', async () => {
    const { revision } = await store.load();
    const raw = await store.file.raw();
    expect(raw.revision).toBe(revision);
    expect(raw.text).toBe(TEXT.replace('sk-literal', '***'));
    await store.putRaw(raw.text.replace('= 7', '= 6'), revision);
    expect(await readFile(path, 'utf8')).toBe(TEXT.replace('= 7', '= 6'));
    expect(await codeOf(store.putRaw('[llm]\ngroq_key = "***"\n'))).toBe('config_invalid');
    await writeFile(path, '[llm\nopenai_key = "sk-literal"\n');
    expect((await store.file.raw()).text).not.toContain('sk-literal');
  });

  test('a broken file is not edited by key, but can be replaced', async () => {
    await store.load();
    await writeFile(path, 'broken = = 1');
    expect(await codeOf(store.patch({ set: { 'defaults.max_turns': 6 } }))).toBe('config_invalid');
    await store.putRaw('[defaults]\nmax_turns = 6\n');
    expect(store.current().defaults.max_turns).toBe(6);
  });

  test('text is checked without being written', () => {
    expect(store.file.validate('[defaults]\nmax_turns = 0\n')).toMatchObject({ valid: false, issues: [{ code: 'out_of_range' }] });
    expect(store.file.validate('[defaults]\nmax_turn = 1\n')).toMatchObject({ valid: true, issues: [{ code: 'unknown_key' }] });
  });
});

describe('[CF-10] agents in the file', () => {
  test('a second agent writes out the implicit first one', async () => {
    await writeFile(path, '# empty\n');
    await store.load();
    const { changed } = await store.apply(
      (file) => addAgentEntry(file, { id: 'helper', displayName: 'Helper', isDefault: true }, null),
      'api',
    );
    expect(store.current().agents.map((agent) => [agent.id, agent.displayName, agent.isDefault])).toEqual([
      ['main', 'main', false],
      ['helper', 'Helper', true],
    ]);
    expect(changed).toContain('agents.helper');
    expect(await readFile(path, 'utf8')).toMatch(/^# empty\n/);
  });

  test('an agent leaves with its bindings, and what is left keeps its comments', async () => {
    await writeFile(
      path,
      `${TEXT}\n[[bindings]]\nagent_id = "main"\nchannel = "webhook"\n\n[[bindings]]\nagent_id = "helper" # h\nchannel = "webhook"\n`,
    );
    await store.load();
    await store.apply((file) => removeAgentEntry(file, 'main'), 'api');
    expect(store.current().agents.map((agent) => agent.id)).toEqual(['helper']);
    expect(store.current().values.bindings.map((binding) => binding.agent_id)).toEqual(['helper']);
    const text = await readFile(path, 'utf8');
    expect(text).toContain('channel = "a/b" # cheap');
    expect(text).toContain('# how talkative');
  });

  test('a list written in one line takes and gives agents too', async () => {
    await writeFile(path, 'agents = [{ id = "main" }, { id = "b" }] # inline\n');
    await store.load();
    await store.apply((file) => addAgentEntry(file, { id: 'c' }, null), 'api');
    await store.apply((file) => removeAgentEntry(file, 'b'), 'api');
    expect(store.current().agents.map((agent) => agent.id)).toEqual(['main', 'c']);
    expect(await readFile(path, 'utf8')).toContain('# inline');
  });

  test('a wrong id, a known one, one too many, an unknown one and the last one are refused', async () => {
    await store.load();
    expect(await codeOf(addAgentEntry(store.file, { id: 'greedy', config: { max_turns: 900 } }, null))).toBe('config_invalid');
    expect(await codeOf(addAgentEntry(store.file, { id: 'Not Ok' }, null))).toBe('invalid_agent_id');
    expect(await codeOf(addAgentEntry(store.file, { id: 'main' }, null))).toBe('agent_exists');
    expect(await codeOf(addAgentEntry(store.file, { id: 'third' }, 2))).toBe('agent_limit_reached');
    expect(await codeOf(removeAgentEntry(store.file, 'ghost'))).toBe('agent_not_found');
    await removeAgentEntry(store.file, 'helper');
    expect(await codeOf(removeAgentEntry(store.file, 'main'))).toBe('last_agent');
  });
});

test('a key is read with its effective value, credentials masked, unknown keys refused', async () => {
  const snapshot = await store.load();
  expect(effectiveValue(snapshot, 'defaults.max_turns')).toBe(7);
  expect(effectiveValue(snapshot, 'agents.helper.context_window')).toBe(128_000);
  expect(effectiveValue(snapshot, 'llm.openai_key')).toBe('***');
  expect(effectiveValue(snapshot, 'defaults.home_channel')).toBeNull();
  expect(() => effectiveValue(snapshot, 'defaults.nothing')).toThrow('There is no key');
  expect(effectiveValue(snapshot)).toMatchObject({ api: { port: 4000 }, agents: { main: { max_turns: 8 } } });
});
