/** One message in the reading column. */

import type { Message } from '@spacebot/protocol/messages';
import { CircleAlert, Clock3, Info, Paperclip } from 'lucide-react';
import type { ReactNode } from 'react';
import { classNames } from '../../lib/class-names.ts';
import { formatBytes } from '../../lib/format.ts';
import { CopyButton } from '../copy-button.tsx';
import { LazyMarkdown } from '../markdown/lazy-markdown.tsx';
import { ClockTime } from '../time.tsx';
import { Avatar } from './avatar.tsx';

interface MessageRowProps {
  readonly message: Message;
  readonly startsGroup: boolean;
  readonly agentName: string;
  readonly isSelected: boolean;
  readonly onInspect?: ((message: Message) => void) | undefined;
}

export function speakerOf(message: Message, agentName: string): string {
  if (message.author) return message.author.name;
  return message.role === 'assistant' ? agentName : message.role === 'user' ? 'Someone' : 'System';
}

export function MessageRow({ message, startsGroup, agentName, isSelected, onInspect }: MessageRowProps) {
  if (message.role === 'system') return <SystemRow message={message} onInspect={onInspect} />;
  return (
    <article
      className={classNames(
        'group/message relative -mx-3 flex gap-3 rounded-surface px-3 transition-colors',
        startsGroup ? 'mt-4 pt-1 pb-1' : 'py-1',
        isSelected ? 'bg-accent-soft' : 'hover:bg-raised/60',
      )}
    >
      {startsGroup ? (
        <Avatar voice={message.role} name={speakerOf(message, agentName)} className="mt-0.5" />
      ) : (
        <span className="w-7 shrink-0" />
      )}
      <div className="min-w-0 flex-1">
        {startsGroup ? (
          <header className="flex items-baseline gap-2 pr-16">
            <span className="truncate text-sm font-semibold">{speakerOf(message, agentName)}</span>
            <ClockTime at={message.created_at} className="shrink-0 text-xs text-ink-3 tabular-nums" />
          </header>
        ) : null}
        <LazyMarkdown text={message.content} />
        <Attachments message={message} />
        <DeliveryNote message={message} />
      </div>
      <div className="absolute top-0 right-2 flex rounded-control bg-panel opacity-0 transition-opacity group-focus-within/message:opacity-100 group-hover/message:opacity-100 pointer-coarse:bg-transparent pointer-coarse:opacity-100">
        <CopyButton text={message.content} label="Copy message" className="pointer-coarse:hidden" />
        {onInspect ? <InspectButton message={message} onInspect={onInspect} /> : null}
      </div>
    </article>
  );
}

function InspectButton({ message, onInspect }: { readonly message: Message; readonly onInspect: (message: Message) => void }) {
  return (
    <button
      type="button"
      title="Show the trace of this message"
      aria-label="Show the trace of this message"
      onClick={() => onInspect(message)}
      className="inline-flex size-8 items-center justify-center rounded-control text-ink-2 transition-colors hover:bg-raised hover:text-ink"
    >
      <Info className="size-4" aria-hidden />
    </button>
  );
}

function SystemRow({ message, onInspect }: { readonly message: Message; readonly onInspect: ((message: Message) => void) | undefined }) {
  return (
    <ProcessNote icon={<Info className="size-4" aria-hidden />}>
      <span className="min-w-0 flex-1 wrap-anywhere">{message.content}</span>
      <ClockTime at={message.created_at} className="shrink-0 text-xs text-ink-3" />
      {onInspect ? <InspectButton message={message} onInspect={onInspect} /> : null}
    </ProcessNote>
  );
}

/** A quiet line between messages, in line with their text. */
export function ProcessNote({ icon, children }: { readonly icon: ReactNode; readonly children: ReactNode }) {
  return (
    <div className="flex min-h-8 items-center gap-3 text-sm text-ink-2">
      <span className="flex w-7 shrink-0 justify-center text-ink-3">{icon}</span>
      {children}
    </div>
  );
}

function Attachments({ message }: { readonly message: Message }) {
  if (message.attachments.length === 0) return null;
  return (
    <ul className="mt-2 flex flex-wrap gap-2">
      {message.attachments.map((attachment) => (
        <li key={attachment.id}>
          <a
            href={attachment.url}
            className="inline-flex h-8 max-w-72 items-center gap-2 rounded-control border border-line bg-panel px-2.5 text-sm hover:bg-raised pointer-coarse:h-11"
          >
            <Paperclip className="size-4 shrink-0 text-ink-3" aria-hidden />
            <span className="truncate">{attachment.filename}</span>
            <span className="shrink-0 text-xs text-ink-3">{formatBytes(attachment.size)}</span>
          </a>
        </li>
      ))}
    </ul>
  );
}

/** Only what a person has to know: that an answer waits, or did not arrive. */
function DeliveryNote({ message }: { readonly message: Message }) {
  if (message.delivery === 'failed') {
    return (
      <p className="mt-1 flex items-center gap-1 text-xs text-failed">
        <CircleAlert className="size-3" aria-hidden /> Not delivered. It is kept in the outbox.
      </p>
    );
  }
  if (message.delivery !== 'queued') return message.edited_at ? <p className="mt-1 text-xs text-ink-3">edited</p> : null;
  return (
    <p className="mt-1 flex items-center gap-1 text-xs text-ink-3">
      <Clock3 className="size-3" aria-hidden /> Waiting to be sent
    </p>
  );
}
