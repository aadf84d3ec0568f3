/** What happens between messages: tools at work, turns that ended badly, and the answer being written. */

import { ChevronRight, CircleAlert, CircleStop, LoaderCircle, RotateCw, Wrench } from 'lucide-react';
import { useState } from 'react';
import { classNames } from '../../lib/class-names.ts';
import type { LiveTurn } from '../../lib/events/live-turn.ts';
import type { ToolFact } from '../../lib/events/turn-facts.ts';
import { formatDuration } from '../../lib/format.ts';
import { type Failure, referenceOf } from '../../lib/timeline.ts';
import { Button } from '../button.tsx';
import { LazyMarkdown } from '../markdown/lazy-markdown.tsx';
import { Elapsed } from '../time.tsx';
import { Avatar } from './avatar.tsx';
import { ProcessNote } from './message-row.tsx';

export function ToolRow({ tool }: { readonly tool: ToolFact }) {
  const [isOpen, setOpen] = useState(false);
  const { result } = tool;
  const Icon = result === null ? LoaderCircle : result.isError ? CircleAlert : Wrench;
  return (
    <div>
      <ProcessNote
        icon={
          <Icon
            className={classNames('size-4', result === null && 'animate-spin text-running', result?.isError && 'text-failed')}
            aria-hidden
          />
        }
      >
        <button
          type="button"
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
          className="-ml-2 flex h-8 min-w-0 flex-1 items-center gap-2 rounded-control px-2 text-left transition-colors hover:bg-raised pointer-coarse:h-11"
        >
          <span className="font-mono text-xs font-medium text-ink">{tool.name}</span>
          <span className="min-w-0 flex-1 truncate text-xs text-ink-3">{oneLine(tool)}</span>
          <span className={classNames('shrink-0 text-xs tabular-nums', result?.isError ? 'text-failed' : 'text-ink-3')}>
            {result === null ? (
              <Elapsed since={tool.startedAt} />
            ) : result.isError ? (
              (result.code ?? 'failed')
            ) : (
              formatDuration(result.durationMs)
            )}
          </span>
          <ChevronRight className={classNames('size-4 shrink-0 text-ink-3 transition-transform', isOpen && 'rotate-90')} aria-hidden />
        </button>
      </ProcessNote>
      {isOpen ? <ToolDetail tool={tool} /> : null}
    </div>
  );
}

function oneLine(tool: ToolFact): string {
  const first = Object.values(tool.arguments)[0];
  return first === undefined ? '' : typeof first === 'string' ? first : JSON.stringify(first);
}

function ToolDetail({ tool }: { readonly tool: ToolFact }) {
  return (
    <div className="mb-2 ml-10 flex flex-col gap-2 rounded-control border border-line bg-ground p-3 text-xs">
      <Labelled label="Asked for" text={JSON.stringify(tool.arguments, null, 2)} />
      {tool.result ? <Labelled label={tool.result.isError ? 'Failed with' : 'Answered'} text={tool.result.preview || '(nothing)'} /> : null}
    </div>
  );
}

function Labelled({ label, text }: { readonly label: string; readonly text: string }) {
  return (
    <div>
      <p className="mb-1 font-medium text-ink-3">{label}</p>
      <pre className="max-h-60 overflow-auto font-mono leading-5 wrap-anywhere whitespace-pre-wrap">{text}</pre>
    </div>
  );
}

export function StoppedRow() {
  return (
    <ProcessNote icon={<CircleStop className="size-4" aria-hidden />}>
      <span>Stopped before it was finished.</span>
    </ProcessNote>
  );
}

interface FailedRowProps {
  readonly failure: Failure;
  /** Absent where it is not ours to say again. */
  readonly onRetry?: (() => void) | undefined;
}

export function FailedRow({ failure, onRetry }: FailedRowProps) {
  return (
    <div
      role="alert"
      className="my-2 ml-10 flex flex-wrap items-center gap-x-3 gap-y-2 rounded-surface bg-failed-soft px-3 py-2.5 max-md:ml-0"
    >
      <CircleAlert className="size-4 shrink-0 text-failed" aria-hidden />
      <div className="min-w-0 flex-1 basis-56">
        <p className="text-sm font-medium">This message was not answered.</p>
        <p className="text-sm text-ink-2 wrap-anywhere">
          {failure.detail} The message is kept. Reference <span className="font-mono text-xs">{referenceOf(failure.turnId)}</span>
        </p>
      </div>
      {onRetry ? (
        <Button icon={RotateCw} onClick={onRetry}>
          Send again
        </Button>
      ) : null}
    </div>
  );
}

/** One line that says what the agent is doing, for cards and the end of a conversation. */
export function liveActivity(live: LiveTurn): string {
  if (live.tool) return `Using ${live.tool.name}`;
  if (live.text !== '') return 'Answering';
  return live.isThinking ? 'Thinking' : 'Working';
}

export function LiveRow({ live, agentName }: { readonly live: LiveTurn; readonly agentName: string }) {
  return (
    <article className="mt-4 flex animate-enter gap-3 py-1">
      <Avatar voice="assistant" name={agentName} className="mt-0.5" />
      <div className="min-w-0 flex-1">
        <header className="flex items-baseline gap-2">
          <span className="truncate text-sm font-semibold">{agentName}</span>
          <span className="flex items-baseline gap-1 text-xs text-running tabular-nums">
            <span className="animate-breathe">{liveActivity(live)}</span>
            {live.startedAt ? <Elapsed since={live.startedAt} /> : null}
          </span>
        </header>
        {live.hasGap ? (
          <p className="text-xs text-ink-3">A part of this answer is missing here; all of it appears when it is finished.</p>
        ) : null}
        {live.text === '' ? <WritingDots /> : <LazyMarkdown text={live.text} />}
      </div>
    </article>
  );
}

function WritingDots() {
  return (
    <span className="flex h-5 items-center gap-1" aria-hidden>
      {[0, 200, 400].map((delay) => (
        <span key={delay} className="size-1.5 animate-breathe rounded-full bg-ink-3" style={{ animationDelay: `${delay}ms` }} />
      ))}
    </span>
  );
}
