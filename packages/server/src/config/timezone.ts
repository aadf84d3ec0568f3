/** IANA time zone names, without the 12 ms that the first `Intl.DateTimeFormat` costs where a cheaper way answers. */

import { realpathSync } from 'node:fs';

let supported: ReadonlySet<string> | undefined;

export function isTimezone(name: string): boolean {
  supported ??= new Set(Intl.supportedValuesOf('timeZone'));
  return supported.has(name) || name === 'UTC' || canFormat(name);
}

/** Aliases such as `US/Eastern` are known to the formatter alone. */
function canFormat(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

let local: string | undefined;

export function localTimezone(): string {
  local ??= findLocalTimezone();
  return local;
}

function findLocalTimezone(): string {
  const linked = process.env.TZ ? undefined : readLocaltimeLink();
  if (linked !== undefined && isTimezone(linked)) return linked;
  return new Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
}

function readLocaltimeLink(): string | undefined {
  try {
    const name = /\/zoneinfo\/(?:Etc\/(?=UTC$))?(.+)$/.exec(realpathSync('/etc/localtime'))?.[1];
    return name?.replace(/^(?:posix|right)\//, '');
  } catch {
    return undefined;
  }
}
