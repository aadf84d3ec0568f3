/** `spacebot config check`: every mistake with its place. */

import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import type { Issue } from '@spacebot/protocol/config';
import { formatIssue } from '../../config/issues.ts';
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
  if (path !== undefined && !existsSync(path)) throw new CliError('not_found', `There is no file ${path}`);
  const { file, issues } = context.remote === null ? await checkHere(context, path) : await checkThere(context, path);
  const of = (severity: Issue['severity']) => issues.filter((issue) => issue.severity === severity);
  const [errors, warnings, notices] = [of('error'), of('warning'), of('notice')];
  const passes = errors.length === 0 && !(flags.strict === true && warnings.length > 0);
  const verdict = passes ? 'ok' : `${errors.length} error(s), ${warnings.length} warning(s)`;
  context.output.result({ valid: errors.length === 0, file, errors, warnings, notices }, () =>
    [...issues.map((issue) => paintIssue(issue, context.output.paint)), verdict].join('\n'),
  );
  return passes ? EXIT.ok : EXIT.configInvalid;
}

interface Checked {
  readonly file: string;
  readonly issues: readonly Issue[];
}

async function checkHere(context: CommandContext, path: string | undefined): Promise<Checked> {
  const file = openConfig(context, path === undefined ? undefined : resolve(path));
  if (!existsSync(file.path)) context.output.note(`There is no ${file.path}; the instance runs from environment variables.`);
  try {
    const { text } = await file.read();
    return { file: file.name, issues: file.load(text, 1, null).issues };
  } catch (error) {
    if (isAppError(error) && error.code === 'config_invalid') return { file: file.name, issues: issuesOf(error) };
    throw error;
  }
}

/** The file of a daemon elsewhere, or a local one with that daemon's eyes. */
async function checkThere(context: CommandContext, path: string | undefined): Promise<Checked> {
  const client = await context.connect();
  if (path === undefined) {
    const { path: file, issues } = await client.call('GET /config');
    return { file, issues };
  }
  const { issues } = await client.call('POST /config/validate', { body: { toml: await readFile(path, 'utf8') } });
  return { file: basename(path), issues };
}

function paintIssue(issue: Issue, paint: Paint): string {
  const line = formatIssue(issue);
  if (issue.severity === 'error') return paint.bad(line);
  return issue.severity === 'warning' ? paint.warning(line) : paint.faint(line);
}
