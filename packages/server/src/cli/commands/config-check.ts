/** `spacebot config check`: every mistake with its place. */

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ConfigFile } from '../../config/config-file.ts';
import { formatIssue } from '../../config/issues.ts';
import type { ConfigIssue } from '../../config/snapshot.ts';
import { issuesOf } from '../../config/store.ts';
import { isAppError } from '../../core/errors.ts';
import { CliError } from '../cli-error.ts';
import type { CommandContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { openConfig } from '../open-config.ts';
import type { Paint } from '../paint.ts';

export async function checkConfig(
  context: CommandContext,
  path: string | undefined,
  flags: { readonly strict?: boolean },
): Promise<number> {
  const { output } = context;
  if (path !== undefined && !existsSync(path)) throw new CliError('not_found', `There is no file ${path}`);
  const file = openConfig(context, path === undefined ? undefined : resolve(path));
  const issues = await findIssues(file);
  const of = (severity: ConfigIssue['severity']) => issues.filter((issue) => issue.severity === severity);
  const [errors, warnings, notices] = [of('error'), of('warning'), of('notice')];
  const passes = errors.length === 0 && !(flags.strict === true && warnings.length > 0);
  const verdict = passes ? 'ok' : `${errors.length} error(s), ${warnings.length} warning(s)`;
  output.result({ valid: errors.length === 0, file: file.name, errors, warnings, notices }, () =>
    [...issues.map((issue) => paintIssue(issue, output.paint)), verdict].join('\n'),
  );
  if (!existsSync(file.path)) output.note(`There is no ${file.path}; the instance runs from environment variables.`);
  return passes ? EXIT.ok : EXIT.configInvalid;
}

async function findIssues(file: ConfigFile): Promise<readonly ConfigIssue[]> {
  try {
    const { text } = await file.read();
    return file.load(text, 1, null).issues;
  } catch (error) {
    if (isAppError(error) && error.code === 'config_invalid') return issuesOf(error);
    throw error;
  }
}

function paintIssue(issue: ConfigIssue, paint: Paint): string {
  const line = formatIssue(issue);
  if (issue.severity === 'error') return paint.bad(line);
  return issue.severity === 'warning' ? paint.warning(line) : paint.faint(line);
}
