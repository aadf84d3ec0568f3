/** `spacebot status`: one line for the daemon, then its agents and platforms, and what needs a look. */

import type { Status } from '@spacebot/protocol/status';
import { type AppError, isAppError } from '../../core/errors.ts';
import type { CommandContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { formatCount, formatDuration, formatTable } from '../format.ts';
import type { Output } from '../output.ts';
import type { Paint } from '../paint.ts';

export async function status(context: CommandContext): Promise<number> {
  try {
    const report = await (await context.connect()).call('GET /status');
    context.output.result(report, () => renderStatus(report, context.output));
    return EXIT.ok;
  } catch (error) {
    if (isAppError(error) && error.code === 'not_running') return sayNotRunning(context, error);
    throw error;
  }
}

/** For the two commands whose question this answers; with `--json` it stays an error like any other. */
export function sayNotRunning({ output, remote }: CommandContext, error: AppError): number {
  if (output.json) throw error;
  output.result(null, () => (remote === null ? 'spacebot is not running' : error.publicMessage));
  if (remote === null) output.note(output.paintError.faint('Start it with: spacebot start'));
  return EXIT.notRunning;
}

function renderStatus(report: Status, { paint }: Output): string {
  const sections = [headline(report, paint), ...attention(report, paint)];
  if (report.agents.length > 0) sections.push('', agentTable(report, paint));
  if (report.adapters.length > 0) sections.push('', adapterTable(report, paint));
  return sections.join('\n');
}

function headline({ state, pid, uptime_secs: uptime, version, url }: Status, paint: Paint): string {
  const facts = [`pid ${pid}`, `uptime ${formatDuration(uptime * 1000)}`, `version ${version}`, `url ${url ?? 'socket only'}`];
  return [paintState(state, paint), ...facts].join('  ');
}

function attention({ state, config, queues, paused }: Status, paint: Paint): string[] {
  const lines: string[] = [];
  if (state === 'setup')
    lines.push(
      paint.warning('No model provider is configured yet: set ANTHROPIC_API_KEY or OPENAI_API_KEY, or edit the file below [llm].'),
    );
  if (paused) lines.push(paint.warning('Paused: messages are kept and answered later.'));
  if (config.error !== null) lines.push(paint.bad(`Configuration not applied: ${config.error}`));
  if (config.restart_required.length > 0) lines.push(paint.warning(`Waiting for a restart: ${config.restart_required.join(', ')}`));
  const waiting = describeQueues(queues);
  if (waiting !== '') lines.push(waiting);
  return lines;
}

/** `2 replies on their way, 1 approval asked for`; empty when nothing waits. */
function describeQueues(queues: Status['queues']): string {
  const { inbox, outbox, approvals, dead_letters: dead } = queues;
  const parts = [
    inbox === 0 ? '' : `${formatCount(inbox, 'message')} waiting`,
    outbox === 0 ? '' : `${formatCount(outbox, 'reply', 'replies')} on ${outbox === 1 ? 'its' : 'their'} way`,
    approvals === 0 ? '' : `${formatCount(approvals, 'approval')} asked for`,
    dead === 0 ? '' : formatCount(dead, 'dead letter'),
  ];
  return parts.filter((part) => part !== '').join(', ');
}

function agentTable({ agents }: Status, paint: Paint): string {
  const rows = agents.map((agent) => [
    agent.id,
    paintState(agent.state, paint),
    describeActivity(agent),
    agent.error === null ? '' : paint.bad(agent.error),
  ]);
  return formatTable(['AGENT', 'STATE', 'BUSY WITH', ''], rows, paint.faint);
}

function describeActivity(agent: Status['agents'][number]): string {
  const parts = [
    [agent.active_turns, 'turn', 'turns'],
    [agent.active_workers, 'worker', 'workers'],
    [agent.active_branches, 'branch', 'branches'],
  ] as const;
  const busy = parts.filter(([amount]) => amount > 0).map(([amount, one, many]) => formatCount(amount, one, many));
  return busy.length === 0 ? '-' : busy.join(', ');
}

function adapterTable({ adapters }: Status, paint: Paint): string {
  const rows = adapters.map(({ key, state, last_error: error }) => [
    key,
    paintState(state, paint),
    error === null ? '' : paint.bad(error.message),
  ]);
  return formatTable(['PLATFORM', 'STATE', ''], rows, paint.faint);
}

const GOOD = new Set(['running', 'ready', 'connected']);
const BAD = new Set(['error', 'auth_failed']);
const QUIET = new Set(['disabled', 'stopped', 'idle', 'archived', 'unsupported']);

export function paintState(state: string, paint: Paint): string {
  if (GOOD.has(state)) return paint.good(state);
  if (BAD.has(state)) return paint.bad(state);
  return QUIET.has(state) ? paint.faint(state) : paint.warning(state);
}
