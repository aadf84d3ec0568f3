/** Where a message is written: grows with its text, Enter sends, Shift+Enter breaks the line. */

import { ArrowUp, Square } from 'lucide-react';
import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { IconButton } from '../../components/button.tsx';
import { byteLength } from '../../lib/api.ts';
import { formatBytes } from '../../lib/format.ts';

interface ComposerProps {
  readonly agentName: string;
  readonly isAnswering: boolean;
  readonly isStopping: boolean;
  readonly pending: boolean;
  readonly onSend: (content: string) => void;
  readonly onStop: () => void;
}

/** The server's limit of one message, bytes of UTF-8. */
const LIMIT = 65_536;
const TALLEST = 240;

export function Composer({ agentName, isAnswering, isStopping, pending, onSend, onStop }: ComposerProps) {
  const [text, setText] = useState('');
  const field = useRef<HTMLTextAreaElement>(null);
  const bytes = byteLength(text);
  const canSend = text.trim() !== '' && bytes <= LIMIT && !pending;

  useEffect(() => {
    const element = field.current;
    if (!element) return;
    element.style.height = '0';
    element.style.height = `${Math.min(element.scrollHeight, TALLEST)}px`;
  }, [text]);

  const send = (event?: FormEvent) => {
    event?.preventDefault();
    if (!canSend) return;
    onSend(text.trim());
    setText('');
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Enter' && !event.shiftKey && !event.nativeEvent.isComposing) {
      event.preventDefault();
      send();
    }
  };
  return (
    <form onSubmit={send} className="mx-auto w-full max-w-180">
      <div className="flex items-end gap-2 rounded-surface border border-line-strong bg-panel p-2 transition-colors focus-within:border-accent-fill">
        <textarea
          ref={field}
          rows={1}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={onKeyDown}
          aria-label={`Message to ${agentName}`}
          placeholder={`Message ${agentName}`}
          className="min-h-8 flex-1 resize-none bg-transparent px-2 py-1.5 text-base text-ink outline-none placeholder:text-ink-3 pointer-coarse:text-lg"
        />
        {isAnswering ? <IconButton icon={Square} variant="secondary" label="Stop answering" pending={isStopping} onClick={onStop} /> : null}
        <IconButton icon={ArrowUp} variant="primary" type="submit" label="Send" shortcut="enter" disabled={!canSend} pending={pending} />
      </div>
      <p className="h-6 px-2 pt-1 text-xs text-ink-3 pointer-coarse:hidden" aria-live="polite">
        {bytes > LIMIT ? (
          <span className="text-failed">
            {formatBytes(bytes)} is more than one message may hold ({formatBytes(LIMIT)}). Shorten it or send it in parts.
          </span>
        ) : text === '' ? null : (
          'Enter sends, Shift+Enter starts a new line'
        )}
      </p>
    </form>
  );
}
