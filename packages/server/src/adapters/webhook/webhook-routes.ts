/** What each address of the webhook does with a request that was let in. */

import { InputError } from '../../core/errors.ts';
import type { AdapterKey } from '../../core/ids.ts';
import type { AdapterHost, ReceiveResult } from '../../core/messaging-adapter.ts';
import type { ReplyPage, ReplyStore, StoredReply } from '../../storage/instance/reply-store.ts';
import type { WebhookConversation } from './conversation.ts';
import type { PollRequest } from './poll-request.ts';
import { isOfTurn, renderReplies } from './reply-body.ts';
import type { ReplyWaiters } from './reply-waiters.ts';
import type { SendRequest } from './send-request.ts';

const PAGE = 200;
/** The message was kept without a turn: a command for another bot, for example. */
const NOTHING_TO_ANSWER = '"state":"completed","messages":[]';

export interface RouteAnswer {
  readonly status: number;
  /** JSON text. */
  readonly body: string;
}

export interface RouteContext {
  readonly key: AdapterKey;
  readonly host: AdapterHost;
  readonly replies: ReplyStore;
  readonly waiters: ReplyWaiters;
}

type Accepted = Exclude<ReceiveResult, { outcome: 'rejected' }>;

/** The message is on disk before this resolves. */
export async function answerSend(context: RouteContext, send: SendRequest, signal: AbortSignal): Promise<RouteAnswer> {
  const { key, host, replies } = context;
  const afterReply = replies.lastSeq(key, send.conversation.id);
  const result = await host.receive({ ...send.message, afterReply, receivedAt: host.clock.now() });
  if (result.outcome === 'rejected') throw new InputError('invalid_request', result.reason);
  const head = JSON.stringify({
    accepted: true,
    message_id: result.messageId,
    conversation_id: send.conversation.native,
    turn_id: result.turnId || null,
    duplicate: result.duplicate,
    after: result.afterReply ?? afterReply,
  });
  const ended = send.waitMs > 0 ? await waitForAnswer(context, send, result, signal) : null;
  if (ended === null) return { status: result.duplicate ? 200 : 202, body: head };
  return { status: 200, body: `${head.slice(0, -1)},${ended}}` };
}

/** The two further fields of the answer, or `null` when the turn did not end in time. */
async function waitForAnswer(context: RouteContext, send: SendRequest, accepted: Accepted, signal: AbortSignal): Promise<string | null> {
  if (accepted.turnId === '') return NOTHING_TO_ANSWER;
  const limit = new AbortController();
  const stop = () => limit.abort();
  const cancel = context.host.clock.schedule(send.waitMs, stop);
  signal.addEventListener('abort', stop, { once: true });
  try {
    const outcome = await context.host.waitForTurn(accepted.agentId, accepted.turnId, limit.signal);
    if (!outcome) return null;
    const said = repliesOfTurn(context, send.conversation, accepted);
    return `"state":"${outcome.state === 'failed' ? 'failed' : 'completed'}","messages":${renderReplies(said)}`;
  } finally {
    cancel();
    signal.removeEventListener('abort', stop);
  }
}

function repliesOfTurn(context: RouteContext, conversation: WebhookConversation, accepted: Accepted): StoredReply[] {
  const found: StoredReply[] = [];
  let page: ReplyPage;
  let after = accepted.afterReply ?? 0;
  do {
    page = context.replies.readAfter(context.key, conversation.id, after, PAGE);
    found.push(...page.replies.filter((reply) => isOfTurn(reply, accepted.turnId)));
    after = page.nextAfter;
  } while (page.more);
  return found;
}

export async function answerPoll(
  context: RouteContext,
  conversation: WebhookConversation,
  poll: PollRequest,
  signal: AbortSignal,
): Promise<RouteAnswer> {
  const { key, host, replies } = context;
  await holdUntilReply(context, conversation, poll, signal);
  // The state first: `idle` then promises that nothing is missing from the page.
  const state = host.conversationState({ adapterKey: key, conversationId: conversation.id }, (reply) => replies.has(reply));
  const page = await readPage(context, conversation, poll);
  const fields = [
    `"conversation_id":${JSON.stringify(conversation.native)}`,
    `"messages":${renderReplies(page.replies)}`,
    `"next_after":${page.nextAfter}`,
    `"more":${page.more}`,
    `"state":"${state}"`,
  ];
  if (page.truncated) fields.push('"truncated":true');
  return { status: 200, body: `{${fields.join(',')}}` };
}

/** Looks before it waits and again at each wake, so that no reply falls between. */
async function holdUntilReply(
  context: RouteContext,
  conversation: WebhookConversation,
  poll: PollRequest,
  signal: AbortSignal,
): Promise<void> {
  const { key, host, replies, waiters } = context;
  const until = host.clock.now() + poll.waitMs;
  const hasReply = () => (poll.after === null ? replies.hasNext(key, conversation.id) : replies.lastSeq(key, conversation.id) > poll.after);
  while (!hasReply() && !signal.aborted && !waiters.isFull && host.clock.now() < until) {
    await waiters.wait(conversation.id, until - host.clock.now(), signal);
  }
}

function readPage(context: RouteContext, conversation: WebhookConversation, poll: PollRequest): Promise<ReplyPage> | ReplyPage {
  const { key, replies } = context;
  if (poll.after === null) return replies.readNext(key, conversation.id, poll.limit);
  return replies.readAfter(key, conversation.id, poll.after, poll.limit);
}
