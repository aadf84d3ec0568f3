/** The frame every page shares: a header line that stays and content that scrolls. */

import type { ReactNode } from 'react';
import { classNames } from '../lib/class-names.ts';

interface PageProps {
  readonly title: ReactNode;
  readonly meta?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  /** The child scrolls by itself. */
  readonly fixed?: boolean | undefined;
}

export function Page({ title, meta, actions, children, fixed = false }: PageProps) {
  return (
    <div className="flex h-full min-w-0 flex-col">
      <header className="flex min-h-14 shrink-0 items-center gap-3 border-b border-line px-4 md:px-6">
        <h1 className="min-w-0 truncate text-lg font-semibold">{title}</h1>
        {meta ? <div className="flex min-w-0 items-center gap-2 text-sm text-ink-3">{meta}</div> : null}
        {actions ? <div className="ml-auto flex shrink-0 items-center gap-2">{actions}</div> : null}
      </header>
      <div className={classNames('min-h-0 flex-1', fixed ? 'flex' : 'overflow-y-auto px-4 py-4 md:px-6 md:py-6')}>{children}</div>
    </div>
  );
}

/** A titled group of related facts or controls. */
export function Section({
  title,
  hint,
  actions,
  children,
}: {
  readonly title: string;
  readonly hint?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <section className="surface overflow-hidden">
      <header className="flex min-h-12 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-4 py-2">
        <h2 className="text-base font-semibold">{title}</h2>
        {hint ? <p className="text-sm text-ink-3">{hint}</p> : null}
        {actions ? <div className="ml-auto flex items-center gap-2">{actions}</div> : null}
      </header>
      {children}
    </section>
  );
}

/** One name and value of a panel; `mono` for ids, paths and numbers. */
export function Fact({
  name,
  children,
  mono = false,
}: {
  readonly name: string;
  readonly children: ReactNode;
  readonly mono?: boolean | undefined;
}) {
  return (
    <div className="grid grid-cols-[minmax(96px,22%)_1fr] gap-3 py-1.5">
      <dt className="text-sm text-ink-3">{name}</dt>
      <dd className={classNames('min-w-0 wrap-anywhere', mono ? 'font-mono text-xs leading-5' : 'text-sm')}>{children}</dd>
    </div>
  );
}
