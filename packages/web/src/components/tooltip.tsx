/** A short name or exact value that appears on hover and focus. */

import { Tooltip as Base } from '@base-ui/react/tooltip';
import type { ReactElement, ReactNode } from 'react';
import { Shortcut } from './shortcut.tsx';

export function TooltipProvider({ children }: { readonly children: ReactNode }) {
  return (
    <Base.Provider delay={400} closeDelay={80}>
      {children}
    </Base.Provider>
  );
}

interface TooltipProps {
  readonly text: string;
  readonly shortcut?: string | undefined;
  readonly side?: 'top' | 'bottom' | 'left' | 'right' | undefined;
  /** One element that takes a ref and event handlers. */
  readonly children: ReactElement;
}

export function Tooltip({ text, shortcut, side = 'top', children }: TooltipProps) {
  return (
    <Base.Root>
      <Base.Trigger render={children} />
      <Base.Portal>
        <Base.Positioner side={side} sideOffset={6} collisionPadding={8} className="z-50">
          <Base.Popup className="floating flex max-w-72 items-center gap-2 rounded-control! px-2 py-1 text-xs text-ink">
            {text}
            {shortcut ? <Shortcut keys={shortcut} /> : null}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
