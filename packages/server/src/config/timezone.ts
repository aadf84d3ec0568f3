/** IANA time zone names. */

const known = new Map<string, boolean>();

export function isTimezone(name: string): boolean {
  let isKnown = known.get(name);
  if (isKnown === undefined) {
    isKnown = canFormat(name);
    known.set(name, isKnown);
  }
  return isKnown;
}

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
  local ??= new Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
  return local;
}
