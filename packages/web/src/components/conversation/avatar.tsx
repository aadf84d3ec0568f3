/** Who speaks: a letter for a person, the mark of the product for an agent. */

import { Orbit } from 'lucide-react';
import { classNames } from '../../lib/class-names.ts';
import { initialOf } from '../../lib/format.ts';

export function Avatar({
  voice,
  name,
  className,
}: {
  readonly voice: 'user' | 'assistant' | 'system';
  readonly name: string;
  readonly className?: string | undefined;
}) {
  return (
    <span
      aria-hidden
      className={classNames(
        'inline-flex size-7 shrink-0 items-center justify-center rounded-full text-xs font-semibold',
        voice === 'user' ? 'bg-pressed text-ink-2' : 'bg-accent-soft text-accent',
        className,
      )}
    >
      {voice === 'user' ? initialOf(name) : <Orbit className="size-4" />}
    </span>
  );
}
