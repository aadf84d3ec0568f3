/** Deliveries over all agents, in and out, newest first, with the trace of one. */

import type { Delivery, TraceStep } from '@spacebot/protocol/deliveries';
import { toIso } from '../../core/clock.ts';
import { NotFoundError } from '../../core/errors.ts';
import type { MailboxRow, OutboxRow } from '../../storage/agent/records.ts';
import type { DeliveriesPort } from '../api-services.ts';
import type { OpenAgent, OpenAgents } from '../open-agents.ts';
import { inboundView, outboundView } from '../views.ts';

const BATCH = 200;

type Filter = Parameters<DeliveriesPort['list']>[0];

export function createDeliveriesPort(agents: OpenAgents): DeliveriesPort {
  return {
    async list(filter, page) {
      const chosen = filter.agent_id === undefined ? agents.all() : [agents.require(filter.agent_id)];
      const before = page.after === null ? undefined : String(page.after[0]);
      const found = chosen.flatMap((agent) => [...matching(agent, filter, before, page.limit + 1)]);
      found.sort((left, right) => (left.id < right.id ? 1 : -1));
      const shown = found.slice(0, page.limit);
      const last = found.length > page.limit ? shown.at(-1) : undefined;
      return { items: shown, next: last ? [last.id] : null };
    },
    async get(deliveryId) {
      for (const agent of agents.all()) {
        const outbound = agent.spine.delivery(deliveryId);
        if (outbound) return { ...outboundView(agent.id, outbound), trace: outboundTrace(outbound) };
        const inbound = agent.spine.mailboxItem(deliveryId);
        if (inbound) return { ...inboundView(agent.id, agent.spine, inbound), trace: inboundTrace(agent, inbound) };
      }
      throw new NotFoundError('delivery_not_found', 'There is no such delivery.');
    },
  };
}

function matching(agent: OpenAgent, filter: Filter, before: string | undefined, wanted: number): Delivery[] {
  const both = [
    ...(filter.direction === 'inbound'
      ? []
      : collect((cursor) => agent.spine.deliveries(pageOf(cursor)).map((row) => outboundView(agent.id, row)), filter, before, wanted)),
    ...(filter.direction === 'outbound'
      ? []
      : collect(
          (cursor) => agent.spine.mailbox(pageOf(cursor)).map((row) => inboundView(agent.id, agent.spine, row)),
          filter,
          before,
          wanted,
        )),
  ];
  return both.sort((left, right) => (left.id < right.id ? 1 : -1)).slice(0, wanted);
}

function pageOf(cursor: string | undefined): { before?: string; limit: number } {
  return { ...(cursor === undefined ? {} : { before: cursor }), limit: BATCH };
}

function collect(read: (cursor: string | undefined) => Delivery[], filter: Filter, before: string | undefined, wanted: number): Delivery[] {
  const found: Delivery[] = [];
  for (let cursor = before; found.length < wanted; ) {
    const rows = read(cursor);
    found.push(...rows.filter((row) => matches(row, filter)));
    const last = rows.at(-1);
    if (!last || rows.length < BATCH) break;
    cursor = last.id;
  }
  return found;
}

function matches(row: Delivery, filter: Filter): boolean {
  if (filter.status !== undefined && row.status !== filter.status) return false;
  if (filter.adapter !== undefined && row.adapter !== filter.adapter) return false;
  if (filter.conversation_id !== undefined && row.conversation_id !== filter.conversation_id) return false;
  if (filter.from !== undefined && row.created_at < filter.from) return false;
  return filter.to === undefined || row.created_at < filter.to;
}

type Trace = NonNullable<Delivery['trace']>;

function step(name: TraceStep, at: number, detail: string | null): Trace[number] {
  return { step: name, at: toIso(at), detail };
}

function outboundTrace(row: OutboxRow): Trace {
  const trace = [step('enqueued', row.created_at, row.kind)];
  if (row.sent_from !== null) trace.push(step('attempt', row.sent_from, `attempt ${row.attempts}`));
  if (row.state === 'delivered') trace.push(step('sent', row.updated_at, row.platform_message_id));
  if (row.state === 'retrying' || row.state === 'ambiguous') trace.push(step('failed', row.updated_at, row.error_message));
  if (row.state === 'dead') trace.push(step('dead', row.updated_at, row.error_message));
  return trace;
}

interface RouteReasons {
  readonly steps?: readonly { readonly layer: string; readonly result: string; readonly detail: string }[];
}

function inboundTrace(agent: OpenAgent, row: MailboxRow): Trace {
  const { steps = [] } = JSON.parse(row.route) as RouteReasons;
  const turn = row.turn_id === null ? undefined : agent.spine.turn(row.turn_id);
  const trace = [step('received', row.created_at, null)];
  for (const reason of steps) {
    trace.push(
      step(reason.layer === 'admission' ? 'admitted' : 'routed', row.created_at, `${reason.layer}: ${reason.result} (${reason.detail})`),
    );
  }
  if (!turn) return trace;
  trace.push(step('queued', turn.created_at, turn.id));
  if (turn.started_at !== null) trace.push(step('turn_started', turn.started_at, turn.model));
  if (turn.ended_at !== null) trace.push(step('turn_ended', turn.ended_at, turn.error_code ?? turn.ending));
  for (const sent of agent.spine.deliveriesOfTurn(turn.id)) trace.push(...outboundTrace(sent));
  return trace;
}
