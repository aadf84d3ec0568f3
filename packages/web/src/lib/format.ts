/** Numbers, times and sizes as people read them; pure, so that every caller shows the same thing the same way. */

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Milliseconds to `850 ms`, `4 s`, `1 min 12 s`, `3 h 5 min`, `2 d 4 h`. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < MINUTE) return `${Math.floor(ms / 1000)} s`;
  if (ms < HOUR) return pair(ms, MINUTE, 'min', 1000, 's');
  if (ms < DAY) return pair(ms, HOUR, 'h', MINUTE, 'min');
  return pair(ms, DAY, 'd', HOUR, 'h');
}

function pair(ms: number, big: number, bigName: string, small: number, smallName: string): string {
  const whole = Math.floor(ms / big);
  const rest = Math.floor((ms - whole * big) / small);
  return rest > 0 ? `${whole} ${bigName} ${rest} ${smallName}` : `${whole} ${bigName}`;
}

/** How long ago, in one unit; a moment ahead of our clock counts as now. */
export function formatRelative(iso: string, now: number): string {
  const ago = now - Date.parse(iso);
  if (Number.isNaN(ago)) return 'unknown';
  if (ago < 10_000) return 'now';
  if (ago < MINUTE) return `${Math.floor(ago / 1000)} s ago`;
  if (ago < HOUR) return `${Math.floor(ago / MINUTE)} min ago`;
  if (ago < DAY) return `${Math.floor(ago / HOUR)} h ago`;
  if (ago < 7 * DAY) return `${Math.floor(ago / DAY)} d ago`;
  return new Date(iso).toLocaleDateString(undefined, { year: 'numeric', month: 'short', day: 'numeric' });
}

/** The exact local time, for hovers and detail panels. */
export function formatExact(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  return date.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
}

/** Hour and minute in the reader's own way of writing them. */
export function formatClock(iso: string): string {
  return new Date(iso).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });
}

/** `Today`, `Yesterday`, or the date: the heading above the messages of one day. */
export function formatDay(iso: string, now: number): string {
  const day = startOfDay(Date.parse(iso));
  const today = startOfDay(now);
  if (day === today) return 'Today';
  if (day === startOfDay(today - DAY / 2)) return 'Yesterday';
  return new Date(iso).toLocaleDateString(undefined, { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' });
}

function startOfDay(time: number): number {
  return new Date(time).setHours(0, 0, 0, 0);
}

export function formatCount(value: number): string {
  return value.toLocaleString();
}

/** Tokens in short: `812`, `4.1k`, `1.3M`. */
export function formatTokens(value: number): string {
  if (value < 1000) return String(value);
  if (value < 1_000_000) return `${(value / 1000).toFixed(value < 10_000 ? 1 : 0)}k`;
  return `${(value / 1_000_000).toFixed(1)}M`;
}

/** Bytes in decimal units. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(1)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** US dollars; small sums keep four digits so that one cheap call does not read as nothing. `null` cost reads as unknown. */
export function formatCost(usd: number | null, status: 'priced' | 'partial' | 'unknown'): string {
  if (usd === null || status === 'unknown') return 'price unknown';
  const text = `$${usd.toFixed(usd !== 0 && usd < 0.1 ? 4 : 2)}`;
  return status === 'partial' ? `at least ${text}` : text;
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** At most `limit` graphemes, never half a character; an ellipsis marks a cut. */
export function shorten(text: string, limit: number): string {
  if (text.length <= limit) return text;
  let count = 0;
  for (const { index } of graphemes.segment(text)) {
    if (count === limit) return `${text.slice(0, index).trimEnd()}…`;
    count += 1;
  }
  return text;
}

/** The last `limit` UTF-16 units of a growing text, cut at a word so that a live preview does not flicker. */
export function tailOf(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const cut = text.slice(-limit);
  const space = cut.indexOf(' ');
  return `…${space >= 0 && space < 24 ? cut.slice(space + 1) : cut.replace(/^[\uDC00-\uDFFF]/, '')}`;
}

/** The first letter a person can be told by, upper case. */
export function initialOf(name: string): string {
  const [first] = graphemes.segment(name.trim());
  return first ? first.segment.toLocaleUpperCase() : '?';
}
