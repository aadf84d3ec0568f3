/** Which addresses a text from outside may lead to. */

const ALLOWED: ReadonlySet<string> = new Set(['http:', 'https:', 'mailto:']);

/** The address in its normal form, or `null` for scripts, data, files, relative paths and whatever else is not the web. */
export function safeHref(href: string): string | null {
  try {
    const url = new URL(href);
    return ALLOWED.has(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}
