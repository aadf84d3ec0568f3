/** Messages on their way to the server, and those that did not get there. */

import { CircleAlert, RotateCw } from 'lucide-react';
import { Button } from '../../components/button.tsx';
import { Avatar } from '../../components/conversation/avatar.tsx';
import { LazyMarkdown } from '../../components/markdown/lazy-markdown.tsx';
import type { Outgoing } from './use-outgoing.ts';

interface OutgoingRowsProps {
  readonly outgoing: readonly Outgoing[];
  readonly onRetry: (item: Outgoing) => void;
  readonly onDiscard: (item: Outgoing) => void;
}

export function OutgoingRows({ outgoing, onRetry, onDiscard }: OutgoingRowsProps) {
  return outgoing.map((item) => (
    <article key={item.key} className="mt-4 flex gap-3 py-1">
      <Avatar voice="user" name="Operator" className="mt-0.5" />
      <div className="min-w-0 flex-1">
        <p className="text-sm font-semibold">
          Operator <span className="pl-1 text-xs font-normal text-ink-3">{item.error === null ? 'sending' : ''}</span>
        </p>
        <div className="opacity-70">
          <LazyMarkdown text={item.content} />
        </div>
        {item.error === null ? null : (
          <div role="alert" className="mt-2 flex flex-wrap items-center gap-2">
            <p className="flex min-w-0 flex-1 basis-56 items-start gap-1.5 text-sm text-failed">
              <CircleAlert className="mt-0.5 size-4 shrink-0" aria-hidden />
              Not sent. {item.error}
            </p>
            <Button variant="ghost" onClick={() => onDiscard(item)}>
              Discard
            </Button>
            <Button icon={RotateCw} onClick={() => onRetry(item)}>
              Send again
            </Button>
          </div>
        )}
      </div>
    </article>
  ));
}
