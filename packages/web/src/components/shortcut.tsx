/** Keys as they are printed on the reader's keyboard: `mod+K` is ⌘K or Ctrl K. */

const isApple = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.userAgent);

const NAMES: Readonly<Record<string, string>> = {
  mod: isApple ? '⌘' : 'Ctrl',
  shift: isApple ? '⇧' : 'Shift',
  enter: 'Enter',
  esc: 'Esc',
};

export function Shortcut({ keys }: { readonly keys: string }) {
  return (
    <span className="inline-flex gap-0.5" aria-hidden>
      {keys.split('+').map((key) => (
        <kbd
          key={key}
          className="inline-flex h-4.5 min-w-4.5 items-center justify-center rounded-sm border border-line-strong bg-raised px-1 font-sans text-xs leading-none text-ink-2"
        >
          {NAMES[key] ?? key}
        </kbd>
      ))}
    </span>
  );
}
