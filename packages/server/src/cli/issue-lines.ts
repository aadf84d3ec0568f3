/** Configuration issues as lines, also when they come as JSON from another process. */

import { formatIssue } from '../config/issues.ts';
import { isTable } from '../config/paths.ts';
import type { ConfigIssue } from '../config/snapshot.ts';

/** `config.toml:12:13: error: …`; whatever is no list of issues gives no line. */
export function issueLines(issues: unknown): string[] {
  return Array.isArray(issues) ? issues.filter(isIssue).map(formatIssue) : [];
}

function isIssue(value: unknown): value is ConfigIssue {
  return isTable(value) && typeof value.file === 'string' && typeof value.severity === 'string' && typeof value.message === 'string';
}
