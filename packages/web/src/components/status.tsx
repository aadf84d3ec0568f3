/** State as shape, word and colour together. */

import { Check, CircleDashed, CirclePause, type LucideIcon, Minus, TriangleAlert, X } from 'lucide-react';
import type { ReactNode } from 'react';
import { classNames } from '../lib/class-names.ts';

export type Tone = 'running' | 'waiting' | 'failed' | 'done' | 'neutral' | 'accent';

const TEXT: Readonly<Record<Tone, string>> = {
  running: 'text-running',
  waiting: 'text-waiting',
  failed: 'text-failed',
  done: 'text-done',
  neutral: 'text-ink-3',
  accent: 'text-accent',
};

const SOFT: Readonly<Record<Tone, string>> = {
  running: 'bg-running-soft text-running',
  waiting: 'bg-waiting-soft text-waiting',
  failed: 'bg-failed-soft text-failed',
  done: 'bg-done-soft text-done',
  neutral: 'bg-raised text-ink-2',
  accent: 'bg-accent-soft text-accent',
};

const SHAPE: Readonly<Record<Tone, LucideIcon>> = {
  running: CircleDashed,
  waiting: CirclePause,
  failed: X,
  done: Check,
  neutral: Minus,
  accent: Check,
};

export function toneText(tone: Tone): string {
  return TEXT[tone];
}

/** A dot whose shape differs by tone: filled, ring, square or triangle, so that it reads without colour. */
export function StatusDot({
  tone,
  label,
  className,
}: {
  readonly tone: Tone;
  readonly label: string;
  readonly className?: string | undefined;
}) {
  return (
    <span className={classNames('inline-flex size-4 shrink-0 items-center justify-center', TEXT[tone], className)}>
      <svg viewBox="0 0 16 16" className={classNames('size-4', tone === 'running' && 'animate-breathe')} role="img" aria-label={label}>
        {dotShape(tone)}
      </svg>
    </span>
  );
}

function dotShape(tone: Tone): ReactNode {
  if (tone === 'failed') return <path d="M8 3.6 12.8 12H3.2Z" fill="currentColor" />;
  if (tone === 'waiting') return <rect x="4.6" y="4.6" width="6.8" height="6.8" rx="1" fill="currentColor" />;
  if (tone === 'neutral') return <circle cx="8" cy="8" r="3.2" fill="none" stroke="currentColor" strokeWidth="1.6" />;
  return <circle cx="8" cy="8" r="4" fill="currentColor" />;
}

export function Badge({
  tone,
  children,
  icon,
}: {
  readonly tone: Tone;
  readonly children: ReactNode;
  readonly icon?: LucideIcon | null | undefined;
}) {
  const Icon = icon === undefined ? SHAPE[tone] : icon;
  return (
    <span
      className={classNames(
        'inline-flex h-5 shrink-0 items-center gap-1 rounded-sm px-1.5 text-xs font-medium whitespace-nowrap',
        SOFT[tone],
      )}
    >
      {Icon ? <Icon className={classNames('size-3', tone === 'running' && 'animate-breathe')} aria-hidden /> : null}
      {children}
    </span>
  );
}

/** A line over or inside a page that something needs attention; the body says what to do. */
export function Notice({
  tone,
  title,
  children,
  actions,
}: {
  readonly tone: Tone;
  readonly title: string;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
}) {
  const Icon = tone === 'failed' || tone === 'waiting' ? TriangleAlert : SHAPE[tone];
  return (
    <section className={classNames('flex flex-wrap items-start gap-x-3 gap-y-2 rounded-surface px-4 py-3', SOFT[tone])}>
      <Icon className="mt-0.5 size-4 shrink-0" aria-hidden />
      <div className="min-w-0 flex-1 basis-60">
        <h2 className="text-sm font-semibold">{title}</h2>
        {children ? <div className="mt-1 text-sm text-ink wrap-anywhere">{children}</div> : null}
      </div>
      {actions ? <div className="flex gap-2">{actions}</div> : null}
    </section>
  );
}
