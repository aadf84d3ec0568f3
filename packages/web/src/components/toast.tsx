/** A word about something that just happened, with a way to undo it where there is one. */

import { Toast as Base } from '@base-ui/react/toast';
import { CircleAlert, CircleCheck, X } from 'lucide-react';
import { toasts } from '../lib/toasts.ts';
import { buttonClass } from './button.tsx';

/** Stands beside the page, not around it: who has something to say does it through `lib/toasts.ts`. */
export function Toaster() {
  return (
    <Base.Provider toastManager={toasts} timeout={5_000} limit={3}>
      <Base.Portal>
        <Base.Viewport className="fixed right-4 bottom-20 z-50 flex w-90 max-w-[calc(100vw-2rem)] flex-col gap-2">
          <ToastList />
        </Base.Viewport>
      </Base.Portal>
    </Base.Provider>
  );
}

function ToastList() {
  const { toasts: shown } = Base.useToastManager();
  return shown.map((toast) => (
    <Base.Root key={toast.id} toast={toast} className="floating px-3 py-2.5 data-limited:hidden">
      <Base.Content className="flex items-start gap-2.5">
        {toast.type === 'error' ? (
          <CircleAlert className="mt-0.5 size-4 shrink-0 text-failed" aria-hidden />
        ) : (
          <CircleCheck className="mt-0.5 size-4 shrink-0 text-done" aria-hidden />
        )}
        <div className="min-w-0 flex-1">
          <Base.Title className="text-sm font-medium" />
          <Base.Description className="text-sm text-ink-2 wrap-anywhere" />
        </div>
        <Base.Action className={buttonClass('ghost', '-my-1 text-accent! empty:hidden')} />
        <Base.Close aria-label="Dismiss" className={buttonClass('ghost', '-my-1 -mr-1.5 w-8 px-0!')}>
          <X className="size-4" aria-hidden />
        </Base.Close>
      </Base.Content>
    </Base.Root>
  ));
}
