/** Settings of a benchmark process come by environment, as the processes share nothing else. */

export function requireEnvironment(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set`);
  return value;
}
