/** Times, amounts and tables as people read them. */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `3d 4h`, `2h 5m`, `40s`: the two largest units. Milliseconds. */
export function formatDuration(milliseconds: number): string {
  const total = Math.max(0, Math.floor(milliseconds / SECOND)) * SECOND;
  const parts = [
    [Math.floor(total / DAY), 'd'],
    [Math.floor((total % DAY) / HOUR), 'h'],
    [Math.floor((total % HOUR) / MINUTE), 'm'],
    [Math.floor((total % MINUTE) / SECOND), 's'],
  ] as const;
  const first = parts.findIndex(([amount]) => amount > 0);
  if (first === -1) return '0s';
  return parts
    .slice(first, first + 2)
    .filter(([amount]) => amount > 0)
    .map(([amount, unit]) => `${amount}${unit}`)
    .join(' ');
}

/** `just now`, `5m ago`, `3d ago`; the date beyond four weeks. `at` is RFC 3339, `now` milliseconds. */
export function formatRelativeTime(at: string | null, now: number): string {
  if (at === null) return 'never';
  const time = Date.parse(at);
  if (Number.isNaN(time)) return at;
  const age = now - time;
  if (age < 10 * SECOND) return 'just now';
  if (age > 28 * DAY) return new Date(time).toISOString().slice(0, 10);
  const [largest] = formatDuration(age).split(' ');
  return `${largest} ago`;
}

/** `1 agent`, `3 agents`. */
export function formatCount(amount: number, singular: string, plural = `${singular}s`): string {
  return `${amount} ${amount === 1 ? singular : plural}`;
}

/** One line of at most `limit` characters; what is cut is marked. */
export function formatPreview(text: string, limit: number): string {
  const line = text.replaceAll(/\s+/gu, ' ').trim();
  const graphemes = Array.from(new Intl.Segmenter().segment(line.slice(0, limit * 8)), ({ segment }) => segment);
  if (graphemes.length <= limit && line.length <= limit * 8) return line;
  return `${graphemes.slice(0, Math.max(0, limit - 1)).join('')}…`;
}

const ANSI_CODE = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'gu');
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;

/** Columns that a text takes in a terminal. */
function displayWidth(text: string): number {
  let width = 0;
  for (const { segment } of new Intl.Segmenter().segment(text.replaceAll(ANSI_CODE, ''))) width += WIDE.test(segment) ? 2 : 1;
  return width;
}

/** Rows in aligned columns, two spaces apart; the header line is styled by `styleHeader`. Cells may hold colours. */
export function formatTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  styleHeader: (text: string) => string = (text) => text,
): string {
  const widths = header.map((title, column) => Math.max(displayWidth(title), ...rows.map((row) => displayWidth(row[column] ?? ''))));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell + ' '.repeat(Math.max(0, (widths[column] ?? 0) - displayWidth(cell))))
      .join('  ')
      .trimEnd();
  return [styleHeader(line(header)), ...rows.map(line)].join('\n');
}

/** Names and values in two columns; names are styled by `styleName`. */
export function formatFields(fields: readonly (readonly [string, string])[], styleName: (text: string) => string): string {
  const width = Math.max(...fields.map(([name]) => name.length));
  return fields.map(([name, value]) => `${styleName(name.padEnd(width))}  ${value}`).join('\n');
}

const CONTROLS = /[^\P{Cc}\n\t]/gu;

/** Text of others without what could command a terminal; line ends and tabs stay. */
export function stripControls(text: string): string {
  return text.replaceAll(CONTROLS, '');
}
