/** Loads the Markdown reader when the first message is drawn, and shows the plain text until then. */

import { lazy, Suspense } from 'react';
import { loadPatiently } from '../../lib/load-later.ts';

const Markdown = lazy(() => loadPatiently(() => import('./markdown.tsx')).then((module) => ({ default: module.Markdown })));

export function LazyMarkdown({ text }: { readonly text: string }) {
  return (
    <Suspense fallback={<p className="wrap-anywhere whitespace-pre-wrap">{text}</p>}>
      <Markdown text={text} />
    </Suspense>
  );
}
