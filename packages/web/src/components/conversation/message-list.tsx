/** The reading column: virtual, pinned to the end while the reader is there, and still where the reader scrolled to. */

import type { Message } from '@spacebot/protocol/messages';
import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown } from 'lucide-react';
import { type ReactNode, type RefObject, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import { useNow } from '../../lib/clock.ts';
import type { Turns } from '../../lib/events/turn-facts.ts';
import { formatDay } from '../../lib/format.ts';
import { buildTimeline, type Failure, type TimelineRow } from '../../lib/timeline.ts';
import { Button } from '../button.tsx';
import { MessageRow } from './message-row.tsx';
import { FailedRow, StoppedRow, ToolRow } from './process-rows.tsx';

export interface MessageListProps {
  readonly messages: readonly Message[];
  readonly turns: Turns;
  readonly agentName: string;
  readonly hasEarlier: boolean;
  readonly isLoadingEarlier: boolean;
  readonly onLoadEarlier: () => void;
  readonly selectedId: string | null;
  readonly onInspect: (message: Message) => void;
  readonly onRetry?: ((failure: Failure) => void) | undefined;
  /** Below the messages: what is on its way, and the answer as it grows. */
  readonly after: ReactNode;
}

/** Pixels from the end that still count as being at the end. */
const NEAR_END = 80;
const ROW_GUESS = 72;

export function MessageList(props: MessageListProps) {
  const { messages, turns, hasEarlier, isLoadingEarlier, onLoadEarlier, after } = props;
  const rows = useMemo(() => buildTimeline(messages, turns, !hasEarlier), [messages, turns, hasEarlier]);
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_GUESS,
    getItemKey: (index) => rows[index]?.key ?? index,
    overscan: 8,
  });
  const end = useStickToEnd(scroller, virtual.getTotalSize());
  useKeepPlace(scroller, messages[0]?.seq, () => virtual.getTotalSize());

  return (
    <div className="relative min-h-0 flex-1">
      <div
        ref={scroller}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        tabIndex={0}
        role="log"
        aria-label="Messages"
        onScroll={end.onScroll}
        className="h-full overflow-y-auto px-4 -outline-offset-2 md:px-6"
      >
        <div className="mx-auto flex min-h-full max-w-180 flex-col justify-end py-6">
          {hasEarlier ? (
            <div className="flex justify-center pb-4">
              <Button variant="ghost" pending={isLoadingEarlier} onClick={onLoadEarlier}>
                Show earlier messages
              </Button>
            </div>
          ) : null}
          <div className="relative w-full shrink-0" style={{ height: virtual.getTotalSize() }}>
            {virtual.getVirtualItems().map((item) => {
              const row = rows[item.index];
              if (!row) return null;
              return (
                <div
                  key={item.key}
                  ref={virtual.measureElement}
                  data-index={item.index}
                  className="absolute inset-x-0 top-0 flow-root"
                  style={{ transform: `translateY(${item.start}px)` }}
                >
                  <Row row={row} {...props} />
                </div>
              );
            })}
          </div>
          {after}
        </div>
      </div>
      {end.isAway ? (
        <Button icon={ArrowDown} onClick={end.jump} className="absolute bottom-3 left-1/2 -translate-x-1/2 animate-enter shadow-float">
          Newest
        </Button>
      ) : null}
    </div>
  );
}

function Row({ row, agentName, selectedId, onInspect, onRetry }: { readonly row: TimelineRow } & MessageListProps) {
  switch (row.kind) {
    case 'day':
      return <DayRow at={row.at} />;
    case 'message':
      return (
        <MessageRow
          message={row.message}
          startsGroup={row.startsGroup}
          agentName={agentName}
          isSelected={selectedId === row.message.id}
          onInspect={onInspect}
        />
      );
    case 'tool':
      return <ToolRow tool={row.tool} />;
    case 'stopped':
      return <StoppedRow />;
    case 'failed':
      return <FailedRow failure={row.failure} onRetry={onRetry ? () => onRetry(row.failure) : undefined} />;
  }
}

function DayRow({ at }: { readonly at: string }) {
  const now = useNow(15_000);
  return (
    <div className="flex items-center gap-3 pt-4 pb-1 text-xs font-medium text-ink-3">
      <span className="h-px flex-1 bg-line" />
      {formatDay(at, now)}
      <span className="h-px flex-1 bg-line" />
    </div>
  );
}

/** Follows the end as content grows, unless the reader has scrolled away. */
function useStickToEnd(scroller: RefObject<HTMLDivElement | null>, size: number) {
  const [isAway, setAway] = useState(false);
  const atEnd = useRef(true);
  const jump = () => {
    atEnd.current = true;
    setAway(false);
    scroller.current?.scrollTo({ top: scroller.current.scrollHeight });
  };
  useLayoutEffect(() => {
    if (atEnd.current) scroller.current?.scrollTo({ top: scroller.current.scrollHeight });
  }, [size, scroller]);
  useEffect(() => {
    const content = scroller.current?.firstElementChild;
    if (!content) return;
    const observer = new ResizeObserver(() => {
      if (atEnd.current) scroller.current?.scrollTo({ top: scroller.current.scrollHeight });
    });
    observer.observe(content);
    return () => observer.disconnect();
  }, [scroller]);
  const onScroll = () => {
    const element = scroller.current;
    if (!element) return;
    atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END;
    setAway(!atEnd.current);
  };
  return { isAway, jump, onScroll };
}

/** Earlier messages are put above without moving what is being read. The size is asked for after the new rows were measured. */
function useKeepPlace(scroller: RefObject<HTMLDivElement | null>, firstSeq: number | undefined, sizeNow: () => number): void {
  const before = useRef<{ readonly firstSeq: number | undefined; readonly size: number }>({ firstSeq, size: 0 });
  useLayoutEffect(() => {
    const size = sizeNow();
    const { firstSeq: earlierFirst, size: earlierSize } = before.current;
    if (firstSeq !== undefined && earlierFirst !== undefined && firstSeq < earlierFirst && scroller.current) {
      scroller.current.scrollTop += size - earlierSize;
    }
    before.current = { firstSeq, size };
  });
}
