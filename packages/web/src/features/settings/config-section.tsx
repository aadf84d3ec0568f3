/** The configuration file as the daemon sees it: when it was read, what is wrong with it, what waits for a restart. */

import type { Issue } from '@spacebot/protocol/config';
import type { Status } from '@spacebot/protocol/status';
import { Fact, Section } from '../../components/page.tsx';
import { Badge, Notice, type Tone } from '../../components/status.tsx';
import { RelativeTime } from '../../components/time.tsx';
import { describeError } from '../../lib/api.ts';
import { useConfig } from '../../lib/queries/status.ts';

export function ConfigSection({ status }: { readonly status: Status }) {
  const { config } = status;
  const document = useConfig();
  const waiting = document.data?.restart_required ?? config.restart_required;
  return (
    <Section title="Configuration" hint={<span className="font-mono text-xs">{config.path}</span>}>
      <div className="flex flex-col gap-3 p-4">
        {config.error ? (
          <Notice tone="failed" title="The last change was not taken over">
            {config.error} The configuration from before keeps running.
          </Notice>
        ) : null}
        {waiting.length > 0 ? (
          <Notice tone="waiting" title="Some changes wait for a restart">
            <ul className="flex flex-wrap gap-x-3 gap-y-1 font-mono text-xs">
              {waiting.map((key) => (
                <li key={key}>{key}</li>
              ))}
            </ul>
          </Notice>
        ) : null}
        <dl className="-my-1.5">
          <Fact name="Read">
            <RelativeTime at={config.loaded_at} />
          </Fact>
          <Fact name="Findings">{document.data ? countOf(document.data.issues) : `${config.warnings} warnings`}</Fact>
        </dl>
        {document.isError ? <p className="text-sm text-failed">{describeError(document.error).detail}</p> : null}
      </div>
      {document.data && document.data.issues.length > 0 ? (
        <ul className="divide-y divide-line border-t border-line">
          {document.data.issues.map((issue) => (
            <IssueRow key={`${issue.path} ${issue.code} ${issue.line ?? ''}`} issue={issue} />
          ))}
        </ul>
      ) : null}
    </Section>
  );
}

function countOf(issues: readonly Issue[]): string {
  return issues.length === 0
    ? 'None. Everything in the file is understood.'
    : issues.length === 1
      ? 'One, see below.'
      : `${issues.length}, see below.`;
}

const TONE: Readonly<Record<Issue['severity'], Tone>> = { error: 'failed', warning: 'waiting', notice: 'neutral' };

function IssueRow({ issue }: { readonly issue: Issue }) {
  const place = [issue.file, issue.line, issue.column].filter((part) => part !== null && part !== '').join(':');
  return (
    <li className="flex flex-wrap items-start gap-x-3 gap-y-1 px-4 py-2.5">
      <Badge tone={TONE[issue.severity]}>{issue.severity}</Badge>
      <div className="min-w-0 flex-1 basis-60">
        <p className="text-sm wrap-anywhere">{issue.message}</p>
        <p className="font-mono text-xs text-ink-3 wrap-anywhere">
          {issue.path} {place ? `in ${place}` : ''}
        </p>
        {issue.suggestion ? <p className="text-xs text-ink-2">{issue.suggestion}</p> : null}
      </div>
    </li>
  );
}
