/** The way of one message: received, turn, model, tools, cost, delivered, as far as the server tells. */

import type { Message } from '@spacebot/protocol/messages';
import type { ToolFact, TurnFacts } from '../../lib/events/turn-facts.ts';
import { formatCost, formatDuration, formatExact, formatTokens } from '../../lib/format.ts';
import { CopyButton } from '../copy-button.tsx';
import { Fact } from '../page.tsx';
import { Badge, type Tone } from '../status.tsx';

const DELIVERY: Readonly<Record<Message['delivery'], readonly [Tone, string]>> = {
  received: ['done', 'Received'],
  queued: ['waiting', 'Waiting to be sent'],
  sent: ['done', 'Sent'],
  delivered: ['done', 'Delivered'],
  failed: ['failed', 'Not delivered'],
  none: ['neutral', 'Nothing to deliver'],
};

export function TracePanel({ message, turn }: { readonly message: Message; readonly turn: TurnFacts | undefined }) {
  const turnId = turn?.id ?? message.turn_id;
  const [tone, word] = DELIVERY[message.delivery];
  return (
    <div className="flex flex-col gap-5">
      <dl>
        <Fact name="Delivery">
          <Badge tone={tone}>{word}</Badge>
        </Fact>
        <Fact name={message.role === 'user' ? 'Received' : 'Written'}>{formatExact(message.created_at)}</Fact>
        {message.edited_at ? <Fact name="Edited">{formatExact(message.edited_at)}</Fact> : null}
        <Fact name="Number">{message.seq}</Fact>
        <IdFact name="Message" id={message.id} />
        {message.platform_message_id ? <IdFact name="On the platform" id={message.platform_message_id} /> : null}
      </dl>
      {turnId ? <TurnTrace turnId={turnId} turn={turn} /> : null}
    </div>
  );
}

function IdFact({ name, id }: { readonly name: string; readonly id: string }) {
  return (
    <Fact name={name} mono>
      <span className="flex items-start gap-1">
        <span className="min-w-0 flex-1">{id}</span>
        <CopyButton text={id} label={`Copy ${name.toLowerCase()} id`} className="-my-1.5" />
      </span>
    </Fact>
  );
}

function TurnTrace({ turnId, turn }: { readonly turnId: string; readonly turn: TurnFacts | undefined }) {
  return (
    <section>
      <h3 className="mb-1 text-sm font-semibold">Turn</h3>
      <dl>
        <IdFact name="Id" id={turnId} />
        {turn ? <TurnDetails turn={turn} /> : null}
      </dl>
      {turn ? null : <p className="pt-1 text-sm text-ink-3">Its events are older than what the server keeps (24 hours).</p>}
    </section>
  );
}

function TurnDetails({ turn }: { readonly turn: TurnFacts }) {
  const { end } = turn;
  return (
    <>
      <Fact name="State">
        <TurnBadge turn={turn} />
      </Fact>
      <Fact name="Started">{formatExact(turn.startedAt)}</Fact>
      {end ? <Fact name="Took">{formatDuration(end.durationMs)}</Fact> : null}
      {turn.model ? (
        <Fact name="Model" mono>
          {turn.model}
        </Fact>
      ) : null}
      {end ? (
        <>
          <Fact name="Tokens">
            {formatTokens(end.usage.input_tokens)} in, {formatTokens(end.usage.output_tokens)} out
            {end.usage.cache_read_tokens > 0 ? `, ${formatTokens(end.usage.cache_read_tokens)} from cache` : ''}
          </Fact>
          <Fact name="Cost">{formatCost(end.usage.cost_usd, end.usage.cost_status)}</Fact>
          {end.error ? <Fact name="Error">{end.error.message}</Fact> : null}
        </>
      ) : null}
      {turn.tools.length > 0 ? (
        <Fact name="Tools">
          <ul className="flex flex-col gap-1">
            {turn.tools.map((tool) => (
              <ToolLine key={tool.callId} tool={tool} />
            ))}
          </ul>
        </Fact>
      ) : null}
    </>
  );
}

function ToolLine({ tool }: { readonly tool: ToolFact }) {
  return (
    <li className="flex items-baseline justify-between gap-2">
      <span className="font-mono text-xs">{tool.name}</span>
      <span className={tool.result?.isError ? 'text-xs text-failed' : 'text-xs text-ink-3'}>
        {tool.result === null ? 'running' : tool.result.isError ? (tool.result.code ?? 'failed') : formatDuration(tool.result.durationMs)}
      </span>
    </li>
  );
}

function TurnBadge({ turn }: { readonly turn: TurnFacts }) {
  if (turn.end === null) return <Badge tone="running">Running</Badge>;
  if (turn.end.state === 'failed') return <Badge tone="failed">Failed</Badge>;
  return turn.end.state === 'cancelled' ? <Badge tone="neutral">Stopped</Badge> : <Badge tone="done">Completed</Badge>;
}
