/** What can be pressed: a button with a word, an icon button with a name. */

import { LoaderCircle, type LucideIcon } from 'lucide-react';
import type { ButtonHTMLAttributes, Ref } from 'react';
import { classNames } from '../lib/class-names.ts';
import { Tooltip } from './tooltip.tsx';

export type ButtonVariant = 'primary' | 'secondary' | 'ghost' | 'danger';

const LOOK: Readonly<Record<ButtonVariant, string>> = {
  primary: 'bg-accent-fill text-on-accent hover:bg-accent-fill-hover border-transparent',
  secondary: 'bg-panel text-ink border-line-strong hover:bg-raised',
  ghost: 'bg-transparent text-ink-2 border-transparent hover:bg-raised hover:text-ink',
  danger: 'bg-danger-fill text-on-accent border-transparent hover:bg-danger-fill-hover',
};

/** Shared with links that look like buttons. */
export function buttonClass(variant: ButtonVariant = 'secondary', className?: string): string {
  return classNames(
    'inline-flex h-8 shrink-0 items-center justify-center gap-1.5 whitespace-nowrap rounded-control border px-3 text-sm font-medium transition-colors select-none',
    'disabled:cursor-not-allowed disabled:opacity-50 pointer-coarse:h-11 pointer-coarse:px-4',
    LOOK[variant],
    className,
  );
}

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly variant?: ButtonVariant | undefined;
  readonly icon?: LucideIcon | undefined;
  /** Shows a spinner and refuses further presses. */
  readonly pending?: boolean | undefined;
  readonly ref?: Ref<HTMLButtonElement> | undefined;
}

export function Button({ variant, icon: Icon, pending = false, disabled, children, className, type = 'button', ...rest }: ButtonProps) {
  return (
    <button
      {...rest}
      type={type}
      disabled={disabled === true || pending}
      aria-busy={pending || undefined}
      className={buttonClass(variant, className)}
    >
      {pending ? <LoaderCircle className="size-4 animate-spin" aria-hidden /> : Icon ? <Icon className="size-4" aria-hidden /> : null}
      {children}
    </button>
  );
}

export interface IconButtonProps extends Omit<ButtonProps, 'children' | 'icon'> {
  readonly icon: LucideIcon;
  /** Its name for screen readers and the tooltip. */
  readonly label: string;
  readonly shortcut?: string | undefined;
}

export function IconButton({
  icon: Icon,
  label,
  shortcut,
  variant = 'ghost',
  pending = false,
  disabled,
  className,
  type = 'button',
  ...rest
}: IconButtonProps) {
  return (
    <Tooltip text={label} shortcut={shortcut}>
      <button
        {...rest}
        type={type}
        aria-label={label}
        disabled={disabled === true || pending}
        className={buttonClass(variant, classNames('w-8 px-0! pointer-coarse:w-11', className))}
      >
        {pending ? <LoaderCircle className="size-4 animate-spin" aria-hidden /> : <Icon className="size-4" aria-hidden />}
      </button>
    </Tooltip>
  );
}
