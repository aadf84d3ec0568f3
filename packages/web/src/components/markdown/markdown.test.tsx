import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, test } from 'vitest';
import { TooltipProvider } from '../tooltip.tsx';
import { Markdown } from './markdown.tsx';
import { safeHref } from './safe-href.ts';

const render = (text: string) =>
  renderToStaticMarkup(
    <TooltipProvider>
      <Markdown text={text} />
    </TooltipProvider>,
  );

describe('[UI-8] text of models and people', () => {
  test('HTML shows as text and never becomes an element', () => {
    const html = render('Hi <script>alert(1)</script>\n\n<img src=x onerror=alert(1)>\n\n<iframe src="https://x"></iframe>');
    expect(html).not.toMatch(/<(script|img|iframe)/);
    expect(html).toContain('&lt;script&gt;');
  });

  test('a link that is not the web or mail is not a link', () => {
    expect(render('[a](javascript:alert(1)) [b](data:text/html,x) [c](file:///etc/passwd)')).not.toContain('href');
    expect(safeHref(' JaVaScRiPt:alert(1)')).toBeNull();
    expect(safeHref('/api/system/stop')).toBeNull();
  });

  test('a link says that it leads away and takes nothing along', () => {
    const html = render('[docs](https://example.org/a)');
    expect(html).toContain('rel="noopener noreferrer nofollow"');
    expect(html).toContain('opens a new tab');
  });

  test('a remote picture is not loaded', () => {
    const html = render('![chart](https://example.org/a.png)');
    expect(html).not.toContain('<img');
    expect(html).toContain('href="https://example.org/a.png"');
  });
});

test('lists, tables, code and emphasis are drawn as such', () => {
  const html = render('1. **one**\n2. `two`\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n```ts\nconst x = 1 < 2;\n```');
  for (const part of ['<ol', '<strong', '<code', '<table', 'text-align:right', '1 &lt; 2']) expect(html).toContain(part);
});

test('a task is drawn with one box', () => {
  const html = render('- [x] done\n- [ ] open');
  expect(html).not.toContain('[x]');
  expect(html).toContain('aria-label="open"');
});

test('entities read as the characters they stand for, and stay text', () => {
  expect(render('a &lt;b&gt; &amp; &#233; &unknown; `&amp;`')).toContain('a &lt;b&gt; &amp; é &amp;unknown; ');
});

test('a code block that is still being written is already code', () => {
  expect(render('```sh\nnpm st')).toContain('<pre');
});
