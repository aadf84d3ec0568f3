/** The few entities that people and models really write; whatever else stays as it was written. */

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' };
const LAST_CODE_POINT = 0x10ffff;

export function decodeEntities(text: string): string {
  return text.includes('&')
    ? text.replace(/&(?:#(\d{1,7})|([a-z]{2,4}));/g, (whole, code?: string, name?: string) => decodeOne(whole, code, name))
    : text;
}

function decodeOne(whole: string, code: string | undefined, name: string | undefined): string {
  if (code === undefined) return NAMED[name ?? ''] ?? whole;
  const point = Number(code);
  return point > 0 && point <= LAST_CODE_POINT ? String.fromCodePoint(point) : whole;
}
