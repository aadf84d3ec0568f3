/** Where any code leaves a word for the reader; `components/toast.tsx` shows it. */

import { Toast } from '@base-ui/react/toast';

export const toasts = Toast.createToastManager();

/** Offered for ten seconds: long enough to read, notice and press. */
const UNDO_MS = 10_000;

/** With `undo` the toast offers to take it back, and goes once that was pressed. */
export function tellDone(title: string, undo?: () => void): void {
  if (!undo) {
    toasts.add({ title, type: 'done' });
    return;
  }
  const onClick = () => {
    toasts.close(id);
    undo();
  };
  const id = toasts.add({ title, type: 'done', timeout: UNDO_MS, actionProps: { children: 'Undo', onClick } });
}

/** Says what failed; what was kept or can be done belongs in `description`. */
export function tellFailed(title: string, description: string): void {
  toasts.add({ title, description, type: 'error', priority: 'high', timeout: UNDO_MS });
}
