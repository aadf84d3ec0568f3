/** Where people type: a label, a control, one line of help or of what is wrong. */

import { type InputHTMLAttributes, type ReactNode, type Ref, type TextareaHTMLAttributes, useId } from 'react';
import { classNames } from '../lib/class-names.ts';

const controlClass =
  'w-full rounded-control border border-line-strong bg-panel px-3 text-base text-ink placeholder:text-ink-3 transition-colors hover:border-ink-3 focus-visible:border-accent-fill focus-visible:outline-1 focus-visible:outline-offset-0 disabled:opacity-60 aria-invalid:border-failed pointer-coarse:text-lg';

interface FieldProps {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly error?: string | undefined;
  readonly hideLabel?: boolean | undefined;
  readonly children: (control: { id: string; 'aria-describedby': string | undefined; 'aria-invalid': true | undefined }) => ReactNode;
}

export function Field({ label, hint, error, hideLabel = false, children }: FieldProps) {
  const id = useId();
  const noteId = `${id}-note`;
  const hasNote = Boolean(error ?? hint);
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className={hideLabel ? 'sr-only' : 'text-sm font-medium text-ink'}>
        {label}
      </label>
      {children({ id, 'aria-describedby': hasNote ? noteId : undefined, 'aria-invalid': error ? true : undefined })}
      {hasNote ? (
        <p id={noteId} className={classNames('text-xs', error ? 'text-failed' : 'text-ink-3')} role={error ? 'alert' : undefined}>
          {error ?? hint}
        </p>
      ) : null}
    </div>
  );
}

interface InputProps extends InputHTMLAttributes<HTMLInputElement> {
  readonly ref?: Ref<HTMLInputElement> | undefined;
}

export function Input({ className, ...rest }: InputProps) {
  return <input {...rest} className={classNames(controlClass, 'h-8 pointer-coarse:h-11', className)} />;
}

interface TextareaProps extends TextareaHTMLAttributes<HTMLTextAreaElement> {
  readonly ref?: Ref<HTMLTextAreaElement> | undefined;
}

export function Textarea({ className, ...rest }: TextareaProps) {
  return <textarea {...rest} className={classNames(controlClass, 'py-2', className)} />;
}
