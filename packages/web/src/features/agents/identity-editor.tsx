/** Edits the four identity files; a file that changed underneath is never overwritten unseen. */

import type { FileDoc, Identity, IdentityPart } from '@spacebot/protocol/agents';
import { Save } from 'lucide-react';
import { type KeyboardEvent, useState } from 'react';
import { Button } from '../../components/button.tsx';
import { Textarea } from '../../components/field.tsx';
import { Section } from '../../components/page.tsx';
import { Segmented } from '../../components/segmented.tsx';
import { ErrorState, SkeletonRows } from '../../components/states.tsx';
import { Notice } from '../../components/status.tsx';
import { RelativeTime } from '../../components/time.tsx';
import { byteLength, describeError, isCode } from '../../lib/api.ts';
import { formatBytes } from '../../lib/format.ts';
import { useIdentity, useSaveIdentity } from '../../lib/queries/agents.ts';
import { tellDone } from '../../lib/toasts.ts';

const PARTS = ['soul', 'identity', 'user', 'role'] as const satisfies readonly IdentityPart[];

const PURPOSE: Readonly<Record<IdentityPart, string>> = {
  soul: 'Who it is: character, values, tone of voice.',
  identity: 'What it is called and how it presents itself.',
  user: 'Who it works for, and what it should know about them.',
  role: 'What it is responsible for, and what it leaves alone.',
};

/** The server's limit of one file, bytes of UTF-8. */
const LIMIT = 65_536;

/** An edit and the revision it began from. */
interface Draft {
  readonly content: string;
  readonly base: FileDoc;
}
type Drafts = Readonly<Partial<Record<IdentityPart, Draft>>>;

export function IdentityEditor({ agentId }: { readonly agentId: string }) {
  const identity = useIdentity(agentId);
  const [part, setPart] = useState<IdentityPart>('soul');
  const [drafts, setDrafts] = useState<Drafts>({});
  const setDraft = (draft: Draft | undefined) => setDrafts(({ [part]: _before, ...rest }) => (draft ? { ...rest, [part]: draft } : rest));
  const segments = PARTS.map((value) => ({ value, label: value.toUpperCase(), marked: drafts[value] !== undefined }));
  return (
    <Section title="Identity" actions={<Segmented label="Identity file" value={part} segments={segments} onChange={setPart} />}>
      {identity.isPending ? (
        <SkeletonRows className="p-4" />
      ) : identity.isError && !identity.data ? (
        <ErrorState
          title="The identity files could not be loaded"
          {...describeError(identity.error)}
          onRetry={() => void identity.refetch()}
        />
      ) : (
        <FileEditor agentId={agentId} part={part} file={fileOf(identity.data, part)} draft={drafts[part]} onDraft={setDraft} />
      )}
    </Section>
  );
}

function fileOf(identity: Identity | undefined, part: IdentityPart): FileDoc {
  return identity?.[part] ?? { name: `${part.toUpperCase()}.md`, content: '', exists: false, updated_at: null, revision: '' };
}

interface FileEditorProps {
  readonly agentId: string;
  readonly part: IdentityPart;
  readonly file: FileDoc;
  readonly draft: Draft | undefined;
  readonly onDraft: (draft: Draft | undefined) => void;
}

function FileEditor({ agentId, part, file, draft, onDraft }: FileEditorProps) {
  const save = useSaveIdentity(agentId);
  const content = draft?.content ?? file.content;
  const base = draft?.base ?? file;
  const bytes = byteLength(content);
  const isTooLong = bytes > LIMIT;
  const hasMoved = draft !== undefined && (base.revision !== file.revision || isCode(save.error, 'revision_conflict'));

  const saveAgainst = (revision: string) =>
    save.mutate(
      { part, content, revision },
      {
        onSuccess: (saved) => {
          onDraft(undefined);
          tellDone(`${saved.name} saved; the next turn uses it`);
        },
      },
    );
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 's' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    if (draft && !isTooLong && !hasMoved) saveAgainst(base.revision);
  };
  const discard = () => {
    save.reset();
    onDraft(undefined);
  };
  return (
    <div className="flex flex-col gap-3 p-4">
      <p className="text-sm text-ink-2">
        <span className="font-mono text-xs text-ink">{file.name}</span> {PURPOSE[part]}
      </p>
      {hasMoved ? (
        <MovedNotice fileName={file.name} pending={save.isPending} onTakeTheirs={discard} onKeepMine={() => saveAgainst(file.revision)} />
      ) : null}
      {save.error && !hasMoved ? (
        <Notice tone="failed" title="Not saved">
          {describeError(save.error).detail} Your text is still here.
        </Notice>
      ) : null}
      <Textarea
        key={part}
        aria-label={file.name}
        value={content}
        onChange={(event) => onDraft(event.target.value === base.content ? undefined : { content: event.target.value, base })}
        onKeyDown={onKeyDown}
        spellCheck={false}
        rows={20}
        className="min-h-80 resize-y font-mono text-sm! leading-5!"
      />
      <div className="flex flex-wrap items-center gap-2">
        <p className={isTooLong ? 'flex-1 text-xs text-failed' : 'flex-1 text-xs text-ink-3'}>
          {formatBytes(bytes)} of {formatBytes(LIMIT)}
          {file.updated_at ? (
            <>
              {', changed '}
              <RelativeTime at={file.updated_at} />
            </>
          ) : null}
        </p>
        {draft ? (
          <Button variant="ghost" onClick={discard}>
            Discard changes
          </Button>
        ) : null}
        <Button
          variant="primary"
          icon={Save}
          disabled={!draft || isTooLong || hasMoved}
          pending={save.isPending}
          onClick={() => saveAgainst(base.revision)}
        >
          Save {file.name}
        </Button>
      </div>
    </div>
  );
}

interface MovedNoticeProps {
  readonly fileName: string;
  readonly pending: boolean;
  readonly onTakeTheirs: () => void;
  readonly onKeepMine: () => void;
}

function MovedNotice({ fileName, pending, onTakeTheirs, onKeepMine }: MovedNoticeProps) {
  return (
    <Notice
      tone="waiting"
      title={`${fileName} was changed elsewhere while you were editing.`}
      actions={
        <>
          <Button onClick={onTakeTheirs}>Show the newer text</Button>
          <Button variant="danger" pending={pending} onClick={onKeepMine}>
            Replace it with mine
          </Button>
        </>
      }
    >
      Nothing was overwritten. Your text below is not saved.
    </Notice>
  );
}
