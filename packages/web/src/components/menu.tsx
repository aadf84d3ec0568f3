/** A list of actions behind one button. */

import { Menu as Base } from '@base-ui/react/menu';
import type { LucideIcon } from 'lucide-react';
import type { ReactElement } from 'react';
import { classNames } from '../lib/class-names.ts';

export interface MenuAction {
  readonly label: string;
  readonly icon: LucideIcon;
  readonly onSelect: () => void;
  readonly danger?: boolean | undefined;
  readonly disabled?: boolean | undefined;
}

interface MenuProps {
  /** The button that opens it. */
  readonly trigger: ReactElement;
  readonly actions: readonly MenuAction[];
  readonly align?: 'start' | 'end' | undefined;
}

export const menuItemClass =
  'flex h-8 cursor-default items-center gap-2 rounded-control px-2 text-sm outline-none select-none data-highlighted:bg-raised data-disabled:opacity-50 pointer-coarse:h-11';

export function Menu({ trigger, actions, align = 'end' }: MenuProps) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner align={align} sideOffset={4} collisionPadding={8} className="z-50">
          <Base.Popup className="floating min-w-44 p-1 outline-none">
            {actions.map((action) => (
              <Base.Item
                key={action.label}
                disabled={action.disabled === true}
                onClick={action.onSelect}
                className={classNames(menuItemClass, action.danger && 'text-failed')}
              >
                <action.icon className={classNames('size-4', !action.danger && 'text-ink-3')} aria-hidden />
                {action.label}
              </Base.Item>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
