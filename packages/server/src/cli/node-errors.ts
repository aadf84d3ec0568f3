/** Reading the fields that Node hangs on its errors. */

/** The field as text, or `undefined` when the error has none. */
export function errorField(error: unknown, field: 'code' | 'message'): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const value: unknown = Reflect.get(error, field);
  return typeof value === 'string' ? value : undefined;
}
