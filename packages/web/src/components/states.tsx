/** The four faces of every screen besides its content: loading, empty, failed. */

import { CircleAlert, type LucideIcon, RotateCw } from 'lucide-react';
import type { ReactNode } from 'react';
import { classNames } from '../lib/class-names.ts';
import { Button } from './button.tsx';

export function Skeleton({ className }: { readonly className?: string | undefined }) {
  return <div aria-hidden className={classNames('animate-shimmer rounded-control bg-raised', className)} />;
}

/** Rows that hold the place of a list during its first load. */
export function SkeletonRows({ rows = 6, className }: { readonly rows?: number | undefined; readonly className?: string | undefined }) {
  return (
    <div role="status" aria-label="Loading" className={classNames('flex flex-col gap-2', className)}>
      {Array.from({ length: rows }, (_, row) => row).map((row) => (
        <Skeleton key={row} className="h-10" />
      ))}
    </div>
  );
}

interface EmptyStateProps {
  readonly icon: LucideIcon;
  /** One sentence that teaches. */
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
}

export function EmptyState({ icon: Icon, title, children, action }: EmptyStateProps) {
  return (
    <div className="flex flex-col items-center justify-center gap-3 px-6 py-16 text-center">
      <span className="flex size-10 items-center justify-center rounded-surface border border-line bg-raised text-ink-3">
        <Icon className="size-5" aria-hidden />
      </span>
      <div className="flex max-w-100 flex-col gap-1">
        <p className="text-base font-medium text-ink">{title}</p>
        {children ? <div className="text-sm text-ink-2">{children}</div> : null}
      </div>
      {action}
    </div>
  );
}

interface ErrorStateProps {
  readonly title: string;
  readonly detail: string;
  readonly reference?: string | undefined;
  readonly onRetry?: (() => void) | undefined;
}

export function ErrorState({ title, detail, reference, onRetry }: ErrorStateProps) {
  return (
    <div role="alert" className="flex flex-col items-center justify-center gap-3 px-6 py-16 text-center">
      <span className="flex size-10 items-center justify-center rounded-surface bg-failed-soft text-failed">
        <CircleAlert className="size-5" aria-hidden />
      </span>
      <div className="flex max-w-120 flex-col gap-1">
        <p className="text-base font-medium text-ink">{title}</p>
        <p className="text-sm text-ink-2 wrap-anywhere">{detail}</p>
        {reference ? <p className="font-mono text-xs text-ink-3">request {reference}</p> : null}
      </div>
      {onRetry ? (
        <Button icon={RotateCw} onClick={onRetry}>
          Try again
        </Button>
      ) : null}
    </div>
  );
}
