/** The chat commands: one table, one parser, and authority checked after parsing by the same code for every platform. */

import type { ConversationId } from '../core/ids.ts';
import type { Sender } from '../core/messages.ts';
import { cancelTurns, patchConversation, startSession } from '../storage/agent/control.ts';
import type { ConversationRow } from '../storage/agent/records.ts';
import type { Unit } from '../storage/agent/unit.ts';
import type { AgentHandle, ChannelControl } from './ports.ts';
import type { Decision, ResponseMode } from './router.ts';

export interface CommandCall {
  /** Everything behind the first word, trimmed. */
  readonly argument: string;
  readonly agent: AgentHandle;
  readonly conversationId: ConversationId;
  readonly sender: Sender;
  readonly decision: Decision;
  readonly channels: ChannelControl;
}

/** Runs inside the transaction that stores the command; returns the line that answers it. */
type Run = (call: CommandCall, unit: Unit, conversation: ConversationRow) => string;

export interface Command {
  readonly name: string;
  readonly usage: string;
  readonly help: string;
  /** True when this use of it is reserved to senders with authority. */
  readonly needsAuthority: (argument: string) => boolean;
  /** Work outside the agent's own tables, done before the command is stored; safe to repeat. */
  readonly prepare?: (call: CommandCall) => Promise<void>;
  readonly run: Run;
}

export type ParsedCommand =
  | { readonly kind: 'command'; readonly command: Command; readonly argument: string }
  | { readonly kind: 'other-bot' };

export const REFUSAL = 'This command needs authority, and you are not in the authority list.';

const everyone = () => false;
const withAuthority = () => true;
const withArgument = (argument: string) => argument !== '';

const COMMANDS: readonly Command[] = [
  { name: 'help', usage: '/help', help: 'this list', needsAuthority: everyone, run: (call) => helpText(call.decision.hasAuthority) },
  { name: 'status', usage: '/status', help: 'what is going on here', needsAuthority: everyone, run: statusText },
  { name: 'whoami', usage: '/whoami', help: 'who you are to me', needsAuthority: everyone, run: whoami },
  {
    name: 'agent-id',
    usage: '/agent-id',
    help: 'which agent answers here',
    needsAuthority: everyone,
    run: (call) => `Agent: ${call.agent.id}`,
  },
  { name: 'new', usage: '/new', help: 'start a new session; the history stays readable', needsAuthority: everyone, run: newSession },
  { name: 'stop', usage: '/stop', help: 'stop the answer that is being worked on', needsAuthority: everyone, run: stopTurn },
  {
    name: 'pause',
    usage: '/pause [reason|off]',
    help: 'let the agent rest, or wake it; messages wait meanwhile',
    needsAuthority: withAuthority,
    prepare: (call) =>
      call.channels.setAgentPaused(call.agent.id, !isOff(call.argument), isOff(call.argument) ? null : call.argument || null),
    run: (call) => (isOff(call.argument) ? 'Resumed.' : 'Paused. Messages wait until /pause off.'),
  },
  modeCommand('active', 'active', 'answer everything here', 'I answer everything here.'),
  modeCommand(
    'quiet',
    'observe',
    'read along and answer nothing here',
    'I read along and answer nothing here, except direct messages and commands.',
  ),
  modeCommand('mention-only', 'mention_only', 'answer only what is addressed to me', 'I answer what is addressed to me.'),
  {
    name: 'model',
    usage: '/model [name|default]',
    help: 'show or set the model of this conversation',
    needsAuthority: withArgument,
    run: chooseModel,
  },
];

const BY_NAME = new Map(COMMANDS.map((command) => [command.name, command]));
const FIRST_WORD = /^\s*\/([a-z][a-z0-9_-]*)(?:@(\S+))?(?:\s+([\s\S]*))?$/i;

/** `null` for anything that is no command of ours; an unknown slash word is ordinary text. Adapters take their own bot's name off before. */
export function parseCommand(text: string): ParsedCommand | null {
  const match = FIRST_WORD.exec(text);
  const command = match ? BY_NAME.get((match[1] ?? '').toLowerCase().replaceAll('_', '-')) : undefined;
  if (!match) return null;
  if (match[2] !== undefined) return { kind: 'other-bot' };
  return command ? { kind: 'command', command, argument: (match[3] ?? '').trim() } : null;
}

/** Whether the sender may use the command this way. */
export function mayUse(command: Command, argument: string, decision: Decision): boolean {
  return decision.hasAuthority || !command.needsAuthority(argument);
}

function helpText(hasAuthority: boolean): string {
  const usable = COMMANDS.filter((command) => hasAuthority || !command.needsAuthority(''));
  return usable.map((command) => `${command.usage} - ${command.help}`).join('\n');
}

interface Load {
  readonly started_at: number | null;
  readonly waiting: number;
}

function statusText(call: CommandCall, unit: Unit, conversation: ConversationRow): string {
  const load = unit.tx.get<Load>(
    `SELECT max(CASE WHEN state = 'running' THEN started_at END) AS started_at, coalesce(sum(state <> 'running'), 0) AS waiting
     FROM turns WHERE conversation_id = ? AND state IN ('gathering', 'ready', 'running')`,
    conversation.id,
  );
  // The command itself holds a ready turn while it runs.
  const waiting = Math.max((load?.waiting ?? 0) - 1, 0);
  const lines = [
    activity(call.agent.paused, load?.started_at ?? null, unit.now),
    `Waiting messages: ${waiting}`,
    `Model: ${call.channels.model(call.agent.id, call.conversationId) ?? 'none is set up'}`,
    `Mode: ${call.decision.responseMode}`,
    `Session: ${conversation.session_no}`,
  ];
  if (conversation.status_text !== null) lines.push(`Status: ${conversation.status_text}`);
  return lines.join('\n');
}

function activity(paused: string | null, startedAt: number | null, now: number): string {
  if (startedAt !== null) return `Answering for ${Math.round((now - startedAt) / 1000)} s`;
  if (paused !== null) return paused === '' ? 'Paused' : `Paused: ${paused}`;
  return 'Idle';
}

function whoami(call: CommandCall): string {
  const commands = call.decision.hasAuthority ? 'every command' : 'the commands of /help';
  return `You are ${call.sender.name} (${call.sender.id}), ${call.decision.authority}, and may use ${commands}.`;
}

function newSession(_call: CommandCall, unit: Unit, conversation: ConversationRow): string {
  const session = startSession(unit, conversation.id, 1);
  return `New session (${session.session_no}). I start from a clean page.`;
}

function stopTurn(call: CommandCall, unit: Unit, conversation: ConversationRow): string {
  const turnIds = cancelTurns(unit, conversation.id, 'turn', 'Stopped by a person.');
  if (turnIds.length === 0) return 'Nothing is running here.';
  unit.tx.afterCommit(() => call.channels.abort(call.agent.id, call.conversationId, turnIds));
  return 'Stopped.';
}

function chooseModel(call: CommandCall, unit: Unit, conversation: ConversationRow): string {
  const name = call.argument;
  if (name === '') return `Model: ${call.channels.model(call.agent.id, call.conversationId) ?? 'none is set up'}`;
  if (name.toLowerCase() === 'default') {
    patchConversation(unit, conversation.id, { settings: { model: null } });
    return 'This conversation uses the model of the agent again.';
  }
  const problem = call.channels.checkModel(call.agent.id, name);
  if (problem !== null) return problem;
  patchConversation(unit, conversation.id, { settings: { model: name } });
  return `This conversation now uses ${name}.`;
}

function modeCommand(name: string, mode: ResponseMode, help: string, answer: string): Command {
  return {
    name,
    usage: `/${name}`,
    help,
    needsAuthority: withAuthority,
    run: (_call, unit, conversation) => {
      patchConversation(unit, conversation.id, { settings: { response_mode: mode } });
      return answer;
    },
  };
}

function isOff(argument: string): boolean {
  return argument.toLowerCase() === 'off';
}
