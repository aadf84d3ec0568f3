/** Markdown of models and people as elements, never as HTML: tags show as text, pictures as links, and only web and mail links can be followed. */

import { ExternalLink, ImageOff } from 'lucide-react';
import { lexer, type Token, type Tokens } from 'marked';
import { Fragment, memo, type ReactNode, useMemo } from 'react';
import { CodeBlock } from './code-block.tsx';
import { decodeEntities } from './decode-entities.ts';
import { safeHref } from './safe-href.ts';

export function Markdown({ text }: { readonly text: string }) {
  const blocks = useMemo(() => lexer(text, { gfm: true, breaks: true }), [text]);
  return (
    <div className="prose-chat flex flex-col gap-3 wrap-anywhere">
      {withKeys(blocks).map(({ key, token }) => (
        <Block key={key} raw={token.raw} token={token} />
      ))}
    </div>
  );
}

interface BlockProps {
  readonly raw: string;
  readonly token: Token;
}

/** A block that did not change is not drawn again while later ones stream in. */
const Block = memo(
  function Block({ token }: BlockProps) {
    return block(token);
  },
  (before, after) => before.raw === after.raw,
);

/** Kinds that draw nothing of their own; the box of a task is drawn by its list. */
const SILENT: ReadonlySet<string> = new Set(['space', 'def', 'checkbox']);

/** Position is identity here: a growing text only ever appends. */
function withKeys(tokens: readonly Token[]): readonly { key: string; token: Token }[] {
  return tokens.filter((token) => !SILENT.has(token.type)).map((token, index) => ({ key: `${index}`, token }));
}

function blocks(tokens: readonly Token[] | undefined): ReactNode {
  return withKeys(tokens ?? []).map(({ key, token }) => <Fragment key={key}>{block(token)}</Fragment>);
}

function inlines(tokens: readonly Token[] | undefined): ReactNode {
  return (tokens ?? [])
    .map((token, index) => ({ key: `${index}`, token }))
    .map(({ key, token }) => <Fragment key={key}>{inline(token)}</Fragment>);
}

function isKind<Kind extends Token>(token: Token, type: Kind['type']): token is Kind {
  return token.type === type;
}

function block(token: Token): ReactNode {
  if (isKind<Tokens.Heading>(token, 'heading'))
    return <p className={token.depth <= 2 ? 'text-lg font-semibold' : 'font-semibold'}>{inlines(token.tokens)}</p>;
  if (isKind<Tokens.Code>(token, 'code')) return <CodeBlock code={token.text} language={token.lang ?? ''} />;
  if (isKind<Tokens.Blockquote>(token, 'blockquote')) {
    return <blockquote className="flex flex-col gap-2 border-l-2 border-line-strong pl-3 text-ink-2">{blocks(token.tokens)}</blockquote>;
  }
  if (isKind<Tokens.List>(token, 'list')) return list(token);
  if (isKind<Tokens.Table>(token, 'table')) return table(token);
  if (token.type === 'hr') return <hr className="border-line" />;
  if (isKind<Tokens.Paragraph>(token, 'paragraph')) return <p>{inlines(token.tokens)}</p>;
  if (isKind<Tokens.Text>(token, 'text')) return <p>{token.tokens ? inlines(token.tokens) : decodeEntities(token.text)}</p>;
  return <p className="whitespace-pre-wrap">{token.raw.trimEnd()}</p>;
}

function list(token: Tokens.List): ReactNode {
  const items = token.items.map((item, index) => ({ key: `${index}`, item }));
  const children = items.map(({ key, item }) => (
    <li key={key} className={item.task ? 'flex list-none items-baseline gap-2' : 'pl-1'}>
      {item.task ? (
        <span role="img" aria-label={item.checked ? 'done' : 'open'}>
          {item.checked ? '☑' : '☐'}
        </span>
      ) : null}
      <div className="flex min-w-0 flex-col gap-1">{blocks(item.tokens)}</div>
    </li>
  ));
  if (!token.ordered) return <ul className="flex list-disc flex-col gap-1 pl-5 marker:text-ink-3">{children}</ul>;
  return (
    <ol start={token.start === '' ? 1 : token.start} className="flex list-decimal flex-col gap-1 pl-6 marker:text-ink-3">
      {children}
    </ol>
  );
}

function table(token: Tokens.Table): ReactNode {
  const cells = (row: readonly Tokens.TableCell[], Cell: 'th' | 'td') =>
    row
      .map((cell, index) => ({ key: `${index}`, cell }))
      .map(({ key, cell }) => (
        <Cell
          key={key}
          className="border-b border-line px-3 py-1.5 text-left align-top"
          style={cell.align ? { textAlign: cell.align } : undefined}
        >
          {inlines(cell.tokens)}
        </Cell>
      ));
  return (
    <div className="overflow-x-auto rounded-control border border-line">
      <table className="w-full border-collapse text-sm [&_tr:last-child>td]:border-b-0">
        <thead className="bg-raised font-medium">
          <tr>{cells(token.header, 'th')}</tr>
        </thead>
        <tbody>
          {token.rows
            .map((row, index) => ({ key: `${index}`, row }))
            .map(({ key, row }) => (
              <tr key={key}>{cells(row, 'td')}</tr>
            ))}
        </tbody>
      </table>
    </div>
  );
}

function inline(token: Token): ReactNode {
  if (isKind<Tokens.Strong>(token, 'strong')) return <strong className="font-semibold">{inlines(token.tokens)}</strong>;
  if (isKind<Tokens.Em>(token, 'em')) return <em>{inlines(token.tokens)}</em>;
  if (isKind<Tokens.Del>(token, 'del')) return <del>{inlines(token.tokens)}</del>;
  if (isKind<Tokens.Codespan>(token, 'codespan'))
    return <code className="rounded-sm bg-raised px-1 py-0.5 font-mono text-[0.92em]">{token.text}</code>;
  if (token.type === 'br') return <br />;
  if (isKind<Tokens.Link>(token, 'link')) return <SafeLink href={token.href}>{inlines(token.tokens)}</SafeLink>;
  if (isKind<Tokens.Image>(token, 'image')) return <ImageLink href={token.href} name={token.text} />;
  if (isKind<Tokens.Escape>(token, 'escape')) return token.text;
  if (isKind<Tokens.Text>(token, 'text')) return token.tokens ? inlines(token.tokens) : decodeEntities(token.text);
  return token.raw;
}

function SafeLink({ href, children }: { readonly href: string; readonly children: ReactNode }) {
  const safe = safeHref(href);
  if (safe === null) return <span title="This link is not shown because its kind is not allowed.">{children}</span>;
  return (
    <a
      href={safe}
      title={safe}
      target="_blank"
      rel="noopener noreferrer nofollow"
      className="text-accent underline decoration-1 underline-offset-2 hover:decoration-2"
    >
      {children}
      <ExternalLink className="ml-0.5 inline size-3 -translate-y-px" aria-label="opens a new tab" />
    </a>
  );
}

/** A remote picture would tell its server who reads; it becomes a link that a person may follow. */
function ImageLink({ href, name }: { readonly href: string; readonly name: string }) {
  return (
    <span className="inline-flex max-w-full items-center gap-1.5 rounded-sm border border-line bg-raised px-2 py-0.5 text-sm">
      <ImageOff className="size-4 shrink-0 text-ink-3" aria-hidden />
      <SafeLink href={href}>{name || 'picture'}</SafeLink>
    </span>
  );
}
