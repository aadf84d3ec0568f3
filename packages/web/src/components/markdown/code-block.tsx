/** A block of code with its language and a way to copy it. */

import { CopyButton } from '../copy-button.tsx';

export function CodeBlock({ code, language }: { readonly code: string; readonly language: string }) {
  return (
    <figure className="group/code overflow-hidden rounded-control border border-line bg-ground">
      <figcaption className="flex h-8 items-center justify-between border-b border-line pl-3 text-xs text-ink-3">
        <span className="font-mono">{language || 'text'}</span>
        <CopyButton text={code} label="Copy code" className="h-7!" />
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a block that scrolls sideways must be reachable by keyboard */}
      <pre tabIndex={0} className="overflow-x-auto px-3 py-2.5 font-mono text-xs leading-5">
        <code>{code}</code>
      </pre>
    </figure>
  );
}
