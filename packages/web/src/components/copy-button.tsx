/** Puts a text on the clipboard and shows that it did. */

import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { tellFailed } from '../lib/toasts.ts';
import { IconButton } from './button.tsx';

const SHOWN_MS = 1_500;

export function CopyButton({
  text,
  label = 'Copy',
  className,
}: {
  readonly text: string;
  readonly label?: string | undefined;
  readonly className?: string | undefined;
}) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [copied]);

  const copy = () => {
    const written = navigator.clipboard ? navigator.clipboard.writeText(text) : Promise.reject(new Error('no clipboard'));
    written.then(
      () => setCopied(true),
      () => tellFailed('Not copied', 'The browser does not allow this page to use the clipboard. Select the text and copy it by hand.'),
    );
  };
  return <IconButton icon={copied ? Check : Copy} label={copied ? 'Copied' : label} onClick={copy} className={className} />;
}
