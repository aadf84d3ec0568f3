/** Rules between keys of the instance: who may reach what listens, and what a provider needs. */

import { type IssueReporter, reportConflict, reportUnsupported } from './check.ts';
import { checkCidrs, checkIds } from './check-agents.ts';
import { isLoopback } from './network.ts';
import { tablesOf } from './normalize.ts';
import { formatPath, isTable, type KeyPath, readPath, type Table } from './paths.ts';
import type { InstanceValues } from './schema/root.ts';
import { UNSERVED_API_TYPES } from './unsupported.ts';

/** `values` hold environment and defaults too; issues point into the written file. */
export function checkInstance(values: InstanceValues, reporter: IssueReporter): void {
  checkApi(values, reporter);
  checkListeners(values, reporter);
  checkProviders(reporter);
  checkPlatforms(values, reporter);
}

function checkApi({ api }: InstanceValues, reporter: IssueReporter): void {
  checkCidrs(['api', 'trusted_proxies'], api.trusted_proxies, reporter);
  if (api.auth === 'none' && !isLoopback(api.bind)) {
    reportConflict(['api', 'auth'], `"none" is allowed on a loopback address only, and api.bind is ${JSON.stringify(api.bind)}`, reporter);
  }
}

interface Listener {
  readonly path: KeyPath;
  readonly bind: string;
  readonly port: number;
}

function checkListeners({ api, metrics, messaging }: InstanceValues, reporter: IssueReporter): void {
  const base: KeyPath = ['messaging', 'webhook'];
  const { webhook } = messaging;
  const all = [
    { path: base, adapter: webhook },
    ...webhook.instances.map((adapter, index) => ({ path: [...base, 'instances', index], adapter })),
  ];
  const taken: Listener[] = [];
  if (api.enabled) takePort({ path: ['api'], bind: api.bind, port: api.port }, taken, reporter);
  if (metrics.enabled) takePort({ path: ['metrics'], bind: metrics.bind, port: metrics.port }, taken, reporter);
  for (const { path, adapter } of all) {
    // A credential that is written but unresolved keeps the adapter off instead of refusing the whole file.
    const isGuarded = ['auth_token', 'hmac_secret'].some((name) => Boolean(readPath(reporter.written, [...path, name])));
    if (!isLoopback(adapter.bind) && !isGuarded) {
      reportConflict(
        [...path, 'bind'],
        `${JSON.stringify(adapter.bind)} is no loopback address, so auth_token or hmac_secret is needed`,
        reporter,
      );
    }
    if (adapter.enabled) takePort({ path, bind: adapter.bind, port: adapter.port }, taken, reporter);
  }
}

/** Port 0 is any free one and never taken. */
function takePort(listener: Listener, taken: Listener[], reporter: IssueReporter): void {
  const { path, bind, port } = listener;
  const rival = taken.find((other) => other.port === port && other.bind === bind);
  if (rival !== undefined && port !== 0)
    reportConflict([...path, 'port'], `port ${port} is taken by ${formatPath(rival.path)} already`, reporter);
  taken.push(listener);
}

function checkProviders(reporter: IssueReporter): void {
  const providers = readPath(reporter.written, ['llm', 'provider']);
  if (!isTable(providers)) return;
  const seen = new Set<string>();
  for (const [id, provider] of Object.entries(providers)) {
    const path: KeyPath = ['llm', 'provider', id];
    if (!/^[^\s/]{1,64}$/.test(id)) {
      reporter.report({
        severity: 'error',
        code: 'invalid_value',
        path,
        message: `llm.provider: ${JSON.stringify(id)} is no provider id (1 to 64 characters, no "/" or white space)`,
        atKey: true,
      });
    }
    const folded = id.toLowerCase();
    if (seen.has(folded)) {
      reporter.report({
        severity: 'error',
        code: 'duplicate',
        path,
        message: `llm.provider: ${JSON.stringify(id)} is configured already (ids are stored lower-case)`,
        atKey: true,
      });
    }
    seen.add(folded);
    if (isTable(provider)) checkProvider(path, provider, reporter);
  }
}

function checkProvider(path: KeyPath, provider: Table, reporter: IssueReporter): void {
  if (provider.base_url === undefined) reporter.reportValue('missing_required', [...path, 'base_url'], 'http or https URL');
  if (provider.api_key === undefined) reporter.reportValue('missing_required', [...path, 'api_key'], 'string, "" for none');
  if (typeof provider.api_type === 'string' && UNSERVED_API_TYPES.has(provider.api_type)) reportUnsupported(path, reporter);
  if (provider.api_type !== 'azure') return;
  for (const name of ['api_version', 'deployment']) {
    if (provider[name] === undefined) reporter.reportValue('missing_required', [...path, name], 'string (needed for azure)');
  }
  if (typeof provider.base_url === 'string' && !isAzureUrl(provider.base_url)) {
    reporter.reportValue('invalid_value', [...path, 'base_url'], 'https URL of a host that ends in .openai.azure.com');
  }
}

function isAzureUrl(value: string): boolean {
  if (/^(?:env|secret):/.test(value)) return true;
  return URL.canParse(value) && new URL(value).protocol === 'https:' && new URL(value).hostname.endsWith('.openai.azure.com');
}

function checkPlatforms({ messaging }: InstanceValues, reporter: IssueReporter): void {
  for (const [platform, adapter] of Object.entries(messaging)) {
    if (!isTable(adapter)) continue;
    const base: KeyPath = ['messaging', platform];
    const instances = tablesOf(adapter.instances);
    checkIds(instances, [...base, 'instances'], reporter, 'name');
    if (platform === 'webhook') continue;
    for (const [path, entry] of [
      [base, adapter] as const,
      ...instances.map((instance, index) => [[...base, 'instances', index], instance] as const),
    ]) {
      const admitsNobody = entry.enabled === true && Array.isArray(entry.dm_allowed_users) && entry.dm_allowed_users.length === 0;
      if (admitsNobody) reportEmptyAdmission([...path, 'dm_allowed_users'], reporter);
    }
  }
}

function reportEmptyAdmission(path: KeyPath, reporter: IssueReporter): void {
  const message = `${path.slice(0, 2).join('.')}: dm_allowed_users is empty, so nobody may write direct messages`;
  reporter.report({ severity: 'notice', code: 'missing_required', path, message });
}
