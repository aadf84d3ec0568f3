/** Keeps things where they were: known ones in their old order, new ones before them in their own. */

export function keepOrder(before: readonly string[], now: readonly string[]): readonly string[] {
  const current = new Set(now);
  const known = new Set(before);
  return [...now.filter((key) => !known.has(key)), ...before.filter((key) => current.has(key))];
}
