/** A small window over the page, and the one question it is most used for. */

import { Dialog as Base } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button, type ButtonVariant, IconButton } from './button.tsx';

interface DialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly description?: ReactNode;
  readonly children?: ReactNode;
  readonly footer?: ReactNode;
}

export function Dialog({ open, onClose, title, description, children, footer }: DialogProps) {
  return (
    <Base.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="fixed inset-0 z-40 bg-scrim transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Base.Popup className="floating fixed inset-x-4 top-[12vh] z-40 mx-auto flex max-h-[80vh] max-w-120 flex-col outline-none">
          <div className="flex items-start gap-4 px-6 pt-5 pb-1">
            <Base.Title className="flex-1 pt-1 text-lg font-semibold">{title}</Base.Title>
            <IconButton icon={X} label="Close" onClick={onClose} className="-mr-2" />
          </div>
          {description ? <Base.Description className="px-6 text-sm text-ink-2">{description}</Base.Description> : null}
          {children ? <div className="min-h-0 overflow-y-auto px-6 pt-4">{children}</div> : null}
          {footer ? <div className="flex flex-wrap justify-end gap-2 px-6 py-5">{footer}</div> : <div className="h-5 shrink-0" />}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}

interface ConfirmDialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly title: string;
  /** Names what is lost and what stays. */
  readonly consequence: ReactNode;
  /** Says what happens: `Delete conversation`, never `OK`. */
  readonly action: string;
  readonly variant?: ButtonVariant | undefined;
  readonly pending: boolean;
  readonly error?: string | undefined;
  readonly onConfirm: () => void;
}

export function ConfirmDialog({
  open,
  onClose,
  title,
  consequence,
  action,
  variant = 'danger',
  pending,
  error,
  onConfirm,
}: ConfirmDialogProps) {
  const footer = (
    <>
      <Button onClick={onClose}>Cancel</Button>
      <Button variant={variant} pending={pending} onClick={onConfirm}>
        {action}
      </Button>
    </>
  );
  return (
    <Dialog open={open} onClose={onClose} title={title} description={consequence} footer={footer}>
      {error ? (
        <p role="alert" className="text-sm text-failed">
          {error}
        </p>
      ) : null}
    </Dialog>
  );
}
