import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { formatIssue } from './issues.ts';
import { type LoadInput, loadConfig } from './load.ts';
import { maskedValues } from './masking.ts';
import { type ConfigSnapshot, defaultAgent, findAgent } from './snapshot.ts';
import { localTimezone } from './timezone.ts';

function load(text: string | null, options: Partial<LoadInput> = {}) {
  const base = { path: '/srv/bot/config.toml', instanceDir: '/srv/bot', fileName: 'config.toml', now: 0, version: 1, running: null };
  return loadConfig({ ...base, text, environment: {}, secrets: { get: () => undefined }, ...options });
}

function lines(text: string, options: Partial<LoadInput> = {}): string[] {
  return load(text, options).issues.map(formatIssue);
}

function snapshot(text: string | null, options: Partial<LoadInput> = {}): ConfigSnapshot {
  const { loaded, issues } = load(text, options);
  if (loaded === null) throw new Error(issues.map(formatIssue).join('\n'));
  return loaded.snapshot;
}

describe('[CF-1] issues', () => {
  test('a value of the wrong type is named with file, line, column, key, expectation and value', () => {
    const text = '[api]\nport = 19898\n\n[defaults]\nmax_turns = "five"\n';
    expect(lines(text)).toEqual(['config.toml:5:13: error: defaults.max_turns: expected integer 1..200, got string "five"']);
    expect(load(text).issues[0]).toEqual({
      severity: 'error',
      code: 'type_mismatch',
      file: 'config.toml',
      line: 5,
      column: 13,
      path: 'defaults.max_turns',
      expected: 'integer 1..200',
      got: 'string "five"',
      suggestion: null,
      message: 'defaults.max_turns: expected integer 1..200, got string "five"',
    });
  });

  test('an unknown key warns with the nearest known one and does not stop loading', () => {
    const text = '[defaults]\nmax_turn = 3\n';
    expect(lines(text)).toEqual(['config.toml:2:1: warning: unknown key "defaults.max_turn" (did you mean "defaults.max_turns"?)']);
    expect(load(text).loaded).not.toBeNull();
  });

  test('a key that resembles nothing gets no hint, at any depth', () => {
    expect(lines('[defaults.coalesce]\nzzzzzz = 1\n')).toEqual(['config.toml:2:1: warning: unknown key "defaults.coalesce.zzzzzz"']);
    expect(lines('[[agents]]\nid = "main"\n[agents.routing]\nchanel = "a/b"\n')).toEqual([
      'config.toml:4:1: warning: unknown key "agents.main.routing.chanel" (did you mean "agents.main.routing.channel"?)',
    ]);
  });

  test('broken TOML is one issue with line and column that shows nothing of the file', () => {
    const { issues, loaded } = load('[llm]\nanthropic_key = "sk-ant-secret\nopenai_key = "x"\n');
    expect(loaded).toBeNull();
    expect(issues).toHaveLength(1);
    expect(issues[0]).toMatchObject({ code: 'syntax', severity: 'error', line: 2 });
    expect(JSON.stringify(issues)).not.toContain('sk-ant');
  });

  test('a credential is never shown', () => {
    const { issues } = load(
      '[llm]\nanthropic_key = 42\n[api]\nauth_token = "short"\n[llm.provider.x]\napi_type="anthropic"\nbase_url="https://a"\napi_key=""\nheaders = { a = 7 }',
    );
    expect(issues.filter((issue) => issue.severity === 'error').map((issue) => [issue.path, issue.code, issue.got])).toEqual([
      ['llm.anthropic_key', 'type_mismatch', 'integer ***'],
      ['api.auth_token', 'out_of_range', 'string "***"'],
      ['llm.provider.x.headers.a', 'type_mismatch', 'integer ***'],
    ]);
  });

  test.each<[rule: string, text: string, code: string, path: string]>([
    ['a number above its range', 'defaults.max_turns = 201', 'out_of_range', 'defaults.max_turns'],
    ['a fraction where an integer belongs', 'defaults.max_turns = 2.5', 'type_mismatch', 'defaults.max_turns'],
    ['a word that is no choice', 'logging.level = "loud"', 'invalid_value', 'logging.level'],
    ['a number where a choice belongs', 'logging.level = 3', 'type_mismatch', 'logging.level'],
    ['a list item of the wrong type', 'api.allowed_hosts = ["a", 1]', 'type_mismatch', 'api.allowed_hosts[1]'],
    ['a value where a table belongs', 'defaults.routing = 1', 'type_mismatch', 'defaults.routing'],
    ['an agent without an id', '[[agents]]\nrole = "x"', 'missing_required', 'agents[0].id'],
    ['an agent id of wrong form', '[[agents]]\nid = "No Spaces"', 'invalid_value', 'agents."No Spaces".id'],
    ['two agents of one id', '[[agents]]\nid = "a"\n[[agents]]\nid = "a"', 'duplicate', 'agents.a.id'],
    ['two default agents', '[[agents]]\nid = "a"\ndefault = true\n[[agents]]\nid = "b"\ndefault = true', 'conflict', 'agents.b.default'],
    [
      'thresholds that do not ascend',
      '[defaults.compaction]\nbackground_threshold = 0.9',
      'conflict',
      'defaults.compaction.background_threshold',
    ],
    ['no authentication on an open address', 'api.auth = "none"\napi.bind = "0.0.0.0"', 'conflict', 'api.auth'],
    ['an open webhook without a credential', 'messaging.webhook.bind = "0.0.0.0"', 'conflict', 'messaging.webhook.bind'],
    ['a webhook on the port of the API', 'messaging.webhook = { enabled = true, port = 19898 }', 'conflict', 'messaging.webhook.port'],
    ['metrics on the port of the API', 'metrics = { enabled = true, port = 19898 }', 'conflict', 'metrics.port'],
    [
      'an open webhook with an empty credential',
      'messaging.webhook = { bind = "::", auth_token = "" }',
      'conflict',
      'messaging.webhook.bind',
    ],
    [
      'half of the active hours',
      '[[agents]]\nid="a"\n[[agents.cron]]\nid="c"\nprompt="p"\ndelivery_target="home"\nactive_start_hour=8',
      'conflict',
      'agents.a.cron[0].active_start_hour',
    ],
    [
      'a custom provider without a URL',
      '[llm.provider.x]\napi_type = "anthropic"\napi_key = ""',
      'missing_required',
      'llm.provider.x.base_url',
    ],
    [
      'an azure provider without a deployment',
      '[llm.provider.x]\napi_type = "azure"\napi_key = ""\napi_version = "1"\nbase_url = "https://x.openai.azure.com"',
      'missing_required',
      'llm.provider.x.deployment',
    ],
    [
      'an azure provider elsewhere',
      '[llm.provider.x]\napi_type = "azure"\napi_key = ""\napi_version = "1"\ndeployment = "d"\nbase_url = "https://example.com"',
      'invalid_value',
      'llm.provider.x.base_url',
    ],
    [
      'a provider id with a slash',
      '[llm.provider."a/b"]\napi_type = "anthropic"\napi_key = ""\nbase_url = "https://a"',
      'invalid_value',
      'llm.provider."a/b"',
    ],
    [
      'a binding to an agent that is not there',
      '[[bindings]]\nagent_id = "ghost"\nchannel = "webhook"',
      'invalid_value',
      'bindings[0].agent_id',
    ],
    [
      'a binding to a platform that does not exist',
      '[[bindings]]\nagent_id = "main"\nchannel = "discrod"',
      'invalid_value',
      'bindings[0].channel',
    ],
    [
      'two instances of one name',
      '[[messaging.webhook.instances]]\nname="Ops"\nport=1\n[[messaging.webhook.instances]]\nname="ops"\nport=2',
      'duplicate',
      'messaging.webhook.instances[1].name',
    ],
    [
      'an instance with a reserved name',
      '[[messaging.webhook.instances]]\nname="dm"',
      'invalid_value',
      'messaging.webhook.instances[0].name',
    ],
    ['a proxy that is no address range', 'api.trusted_proxies = ["home"]', 'invalid_value', 'api.trusted_proxies[0]'],
  ])('%s is an error', (_rule, text, code, path) => {
    const errors = load(text).issues.filter((issue) => issue.severity === 'error');
    expect(errors.map((issue) => [issue.code, issue.path])).toEqual([[code, path]]);
    expect(load(text).loaded).toBeNull();
  });

  test('an unknown time zone warns and local time is used', () => {
    const { issues, loaded } = load('[defaults]\ncron_timezone = "Mars/Base"\n');
    expect(issues.map((issue) => [issue.severity, issue.code, issue.line])).toEqual([['warning', 'invalid_value', 2]]);
    expect(loaded?.snapshot.defaults.cron_timezone).toBe(localTimezone());
  });

  test('a key without effect leaves a notice only where it is written, whatever its depth', () => {
    expect(
      lines('[defaults.cortex]\nenabled = true\n[memory_janitor]\nenabled = true\n[[agents]]\nid = "main"\ngradient_start = "#fff"\n'),
    ).toEqual([
      'config.toml:2:1: notice: key "defaults.cortex.enabled" is accepted but has no effect',
      'config.toml:4:1: notice: key "memory_janitor.enabled" is accepted but has no effect',
      'config.toml:7:1: notice: key "agents.main.gradient_start" is accepted but has no effect',
    ]);
    expect(lines('[defaults]\nmax_turns = 3\n[defaults.routing]\nchannel = "a/b"\nfallbacks = { "a/b" = ["c/d"] }\n')).toEqual([]);
  });

  test('listen_only_mode is read as observing', () => {
    const { issues, loaded } = load('[defaults.channel]\nlisten_only_mode = true\n');
    expect(issues.map((issue) => [issue.severity, issue.code])).toEqual([['warning', 'deprecated']]);
    expect(loaded?.snapshot.defaults.channel.response_mode).toBe('observe');
  });
});

describe('[CF-8] references', () => {
  test('env: takes the variable, an empty or absent one counts as missing and warns without stopping', () => {
    const text = '[llm]\nanthropic_key = "env:MY_KEY"\n';
    expect(snapshot(text, { environment: { MY_KEY: 'k1' } }).values.llm.anthropic_key).toBe('k1');
    for (const environment of [{}, { MY_KEY: '' }]) {
      const { issues, loaded } = load(text, { environment });
      expect(issues.map((issue) => [issue.severity, issue.code, issue.line, issue.column])).toEqual([
        ['warning', 'unresolved_reference', 2, 17],
      ]);
      expect(loaded?.snapshot.values.llm.anthropic_key).toBeUndefined();
    }
  });

  test('a missing reference falls back to the variable the key has of itself', () => {
    const { values, sources } = snapshot('[llm]\nanthropic_key = "secret:GONE"\n', { environment: { ANTHROPIC_API_KEY: 'fallback' } });
    expect(values.llm.anthropic_key).toBe('fallback');
    expect(sources['llm.anthropic_key']).toBe('env');
  });

  test('secret: is asked of the store', () => {
    const secrets = { get: (name: string) => (name === 'K' ? 'stored' : undefined) };
    expect(snapshot('[llm]\nopenai_key = "secret:K"\n', { secrets }).values.llm.openai_key).toBe('stored');
  });

  test('a literal credential stays and warns without being shown', () => {
    const { issues } = load('[llm]\nopenai_key = "sk-live-1234567890"\n');
    expect(issues.map((issue) => [issue.severity, issue.code, issue.path])).toEqual([['warning', 'literal_credential', 'llm.openai_key']]);
    expect(JSON.stringify(issues)).not.toContain('sk-live');
  });

  test('strings of other keys are not references', () => {
    expect(snapshot('[[agents]]\nid = "main"\nrole = "env:HOME"\n').agents[0]?.role).toBe('env:HOME');
  });

  test('a custom provider whose key is missing loads without it', () => {
    const provider = '[llm.provider.LAB]\napi_type = "anthropic"\nbase_url = "https://lab.example"\napi_key = "env:NONE"\n';
    expect(snapshot(provider).values.llm.provider.lab).toMatchObject({ base_url: 'https://lab.example', max_retries: 2 });
  });

  test('an open webhook whose credential is missing stays off', () => {
    const text = '[messaging.webhook]\nenabled = true\nbind = "0.0.0.0"\nauth_token = "env:NONE"\n';
    expect(snapshot(text).values.messaging.webhook.enabled).toBe(false);
    expect(snapshot(text, { environment: { NONE: 'x'.repeat(20) } }).values.messaging.webhook.enabled).toBe(true);
  });
});

describe('[CF-2] precedence', () => {
  const TEXT = `
[defaults]
max_turns = 7
[defaults.routing]
channel = "a/defaults"
[defaults.routing.fallbacks]
"a/x" = ["a/y"]
[[agents]]
id = "main"
[[agents]]
id = "helper"
default = true
max_turns = 9
[agents.routing]
channel = "a/own"
[agents.routing.fallbacks]
"a/z" = ["a/w"]
`;
  const config = snapshot(TEXT, { environment: { SPACEBOT_MODEL: 'e/all', SPACEBOT_WORKER_MODEL: 'e/worker' } });

  test('an agent wins over defaults, defaults over environment, environment over built in', () => {
    const [main, helper] = config.agents;
    expect([main?.settings.max_turns, helper?.settings.max_turns]).toEqual([7, 9]);
    expect([main?.settings.routing.channel, helper?.settings.routing.channel]).toEqual(['a/defaults', 'a/own']);
    expect([helper?.settings.routing.branch, helper?.settings.routing.worker]).toEqual(['e/all', 'e/worker']);
    expect(helper?.settings.context_window).toBe(128_000);
    expect(helper?.settings.routing.fallbacks).toEqual({ 'a/x': ['a/y'], 'a/z': ['a/w'] });
  });

  test('each value says where it came from', () => {
    const { sources } = config;
    expect(sources['defaults.max_turns']).toBe('file');
    expect(sources['agents.main.max_turns']).toBe('file');
    expect(sources['agents.helper.routing.worker']).toBe('env');
    expect(sources['agents.helper.context_window']).toBeUndefined();
  });

  test('the default agent is the marked one, else the first', () => {
    expect(defaultAgent(config).id).toBe('helper');
    expect(defaultAgent(snapshot('[[agents]]\nid = "b"\n[[agents]]\nid = "a"\n')).id).toBe('b');
    expect(findAgent(config, 'main')?.workspace).toBe('/srv/bot/agents/main/workspace');
  });

  test('without a file the environment alone configures one agent main', () => {
    const alone = snapshot(null, {
      environment: { OPENAI_API_KEY: 'k', SPACEBOT_CRON_TIMEZONE: 'Asia/Tokyo', SPACEBOT_DEPLOYMENT: 'docker' },
    });
    expect(alone.agents.map((agent) => [agent.id, agent.isDefault])).toEqual([['main', true]]);
    expect(alone.hasFile).toBe(false);
    expect(alone.values.llm.openai_key).toBe('k');
    expect(alone.values.api).toMatchObject({ bind: '0.0.0.0', auth: 'token', port: 19_898 });
    expect(alone.defaults).toMatchObject({ cron_timezone: 'Asia/Tokyo', user_timezone: 'Asia/Tokyo' });
  });

  test('a variable that its key does not take is left out and named', () => {
    const { issues } = load(null, { environment: { OLLAMA_BASE_URL: 'not a url', SPACEBOT_MAX_AGENTS: 'many' } });
    expect(issues.map((issue) => [issue.file, issue.severity, issue.path])).toEqual([
      ['environment', 'warning', 'OLLAMA_BASE_URL'],
      ['environment', 'warning', 'SPACEBOT_MAX_AGENTS'],
    ]);
  });

  test('agents past SPACEBOT_MAX_AGENTS do not run, the default one does, and a warning says so', () => {
    const { issues, loaded } = load(TEXT, { environment: { SPACEBOT_MAX_AGENTS: '1' } });
    expect(loaded?.snapshot.agents.map((agent) => agent.id)).toEqual(['helper']);
    expect(issues.map((issue) => [issue.severity, issue.code])).toEqual([['warning', 'conflict']]);
  });
});

test('[CF-5] a snapshot cannot be changed by anybody', () => {
  const config = snapshot('[defaults]\nmax_turns = 3\n');
  expect(Object.isFrozen(config.values.api)).toBe(true);
  expect(Object.isFrozen(config.agents[0]?.settings.routing)).toBe(true);
});

test('what is shown of the configuration holds no credential', () => {
  const text =
    '[api]\nauth_token = "0123456789abcdef"\n[llm.provider.x]\napi_type="anthropic"\nbase_url="https://a"\napi_key="k-secret"\nheaders = { Authorization = "Bearer h-secret" }\n[telemetry]\notlp_headers = "x=t-secret"\n';
  const shown = JSON.stringify(maskedValues(snapshot(text, { environment: { OPENAI_API_KEY: 'e-secret' } })));
  expect(shown).not.toMatch(/secret"|0123456789abcdef/);
  expect(shown).toContain('"auth_token":"***"');
});

test('a configuration of the Rust Spacebot loads', () => {
  const file = fileURLToPath(new URL('../../../../../shared/fixtures/upstream-config.toml', import.meta.url));
  const samples = [RUST_SAMPLE, ...(existsSync(file) ? [readFileSync(file, 'utf8')] : [])];
  for (const text of samples) {
    const { issues, loaded } = load(text);
    expect(issues.filter((issue) => issue.severity === 'error' || issue.code === 'unknown_key')).toEqual([]);
    expect(loaded?.snapshot.agents.map((agent) => agent.id)).toEqual(['main', 'helper']);
    expect(findAgent(snapshot(text), 'main')?.settings).toMatchObject({
      cron_timezone: 'America/New_York',
      user_timezone: 'Europe/Berlin',
    });
  }
});

const RUST_SAMPLE = `
[llm]
anthropic_key = "env:ANTHROPIC_API_KEY"
zhipu_key = "env:ZHIPU_API_KEY"
[llm.provider.my_claude]
api_type = "anthropic"
base_url = "https://api.anthropic.com"
api_key = "env:MY_CLAUDE_KEY"
[defaults]
max_concurrent_branches = 4
worker_log_mode = "all_separate"
cron_timezone = "Europe/Berlin"
user_timezone = "Europe/Berlin"
human_profile_cap = 20
[defaults.routing]
channel = "anthropic/claude-sonnet-4-20250514"
[defaults.routing.task_overrides]
coding = "anthropic/claude-sonnet-4-20250514"
[defaults.compaction]
mode = "chronicle"
[defaults.autonomy]
level = "off"
[defaults.opencode]
enabled = false
[defaults.working_memory]
enabled = true
[memory_janitor]
enabled = true
[[links]]
from = "main"
to = "helper"
[[agents]]
id = "main"
default = true
cron_timezone = "America/New_York"
[agents.sandbox]
mode = "enabled"
[[agents.wakes]]
id = "review"
[[agents.cron]]
id = "morning"
prompt = "Say what is due today."
cron_expr = "0 9 * * 1-5"
delivery_target = "discord:1"
active_start_hour = 8
active_end_hour = 18
[[agents]]
id = "helper"
[messaging.twitch]
enabled = true
channels = ["x"]
[[messaging.discord.instances]]
name = "ops"
token = "env:DISCORD_OPS_TOKEN"
[messaging.webhook]
enabled = true
[[bindings]]
agent_id = "main"
channel = "discord"
adapter = "ops"
guild_id = "1"
[[bindings]]
agent_id = "helper"
channel = "mattermost"
team_id = "t"
`;
