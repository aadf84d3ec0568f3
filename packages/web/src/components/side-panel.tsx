/** A panel on the right that belongs to what is shown; on narrow screens it lies over the page. */

import { X } from 'lucide-react';
import { type ReactNode, useEffect } from 'react';
import { IconButton } from './button.tsx';

interface SidePanelProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

export function SidePanel({ title, onClose, children }: SidePanelProps) {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !event.defaultPrevented) onClose();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [onClose]);
  return (
    <aside
      aria-label={title}
      className="flex w-80 shrink-0 animate-enter flex-col border-l border-line bg-panel max-lg:fixed max-lg:inset-y-0 max-lg:right-0 max-lg:z-30 max-lg:shadow-float max-sm:w-full"
    >
      <header className="flex h-14 shrink-0 items-center justify-between gap-2 border-b border-line pr-3 pl-4">
        <h2 className="truncate text-base font-semibold">{title}</h2>
        <IconButton icon={X} label="Close panel" shortcut="esc" onClick={onClose} />
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto px-4 py-3">{children}</div>
    </aside>
  );
}
