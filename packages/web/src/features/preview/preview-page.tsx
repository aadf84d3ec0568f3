/** Every component in every state on one page: what the eye checks in both grounds and at every width. */

import { Archive, Bell, Inbox, Pause, Plus, Trash2 } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { Button, IconButton } from '../../components/button.tsx';
import { FailedRow, LiveRow, StoppedRow, ToolRow } from '../../components/conversation/process-rows.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { ConfirmDialog } from '../../components/dialog.tsx';
import { Field, Input, Textarea } from '../../components/field.tsx';
import { LazyMarkdown } from '../../components/markdown/lazy-markdown.tsx';
import { Menu } from '../../components/menu.tsx';
import { Fact, Page, Section } from '../../components/page.tsx';
import { PlatformMark } from '../../components/platform-mark.tsx';
import { Segmented } from '../../components/segmented.tsx';
import { Select } from '../../components/select.tsx';
import { Shortcut } from '../../components/shortcut.tsx';
import { EmptyState, ErrorState, SkeletonRows } from '../../components/states.tsx';
import { Badge, Notice, StatusDot, type Tone } from '../../components/status.tsx';
import { setTheme, useTheme } from '../../lib/theme.ts';
import { tellDone, tellFailed } from '../../lib/toasts.ts';
import { failedTool, failure, liveTurn, MARKDOWN, runningTool, usedTool } from './samples.ts';

const TONES: readonly Tone[] = ['running', 'waiting', 'failed', 'done', 'neutral', 'accent'];
const PLATFORMS = [
  'portal',
  'webhook',
  'discord',
  'slack',
  'telegram',
  'whatsapp',
  'matrix',
  'imessage',
  'irc',
  'lark',
  'dingtalk',
  'email',
  'cron',
  'cortex',
  'ingest',
];
const OPTIONS = [
  { value: 'a', label: 'First choice' },
  { value: 'b', label: 'Second choice' },
] as const;

export function PreviewPage() {
  const theme = useTheme();
  const themes = (['system', 'light', 'dark'] as const).map((value) => ({ value, label: value }));
  return (
    <Page title="Components" actions={<Segmented label="Theme" value={theme} segments={themes} onChange={setTheme} />}>
      <div className="grid items-start gap-4 xl:grid-cols-2">
        <Buttons />
        <Fields />
        <States />
        <Floating />
        <Section title="Text">
          <div className="p-4">
            <LazyMarkdown text={MARKDOWN} />
          </div>
        </Section>
        <Section title="In a conversation">
          <div className="p-4">
            <ToolRow tool={runningTool} />
            <ToolRow tool={usedTool} />
            <ToolRow tool={failedTool} />
            <StoppedRow />
            <FailedRow failure={failure} onRetry={() => {}} />
            <LiveRow live={liveTurn} agentName="Spacebot" />
            <LiveRow live={{ ...liveTurn, text: '', isThinking: true }} agentName="Spacebot" />
          </div>
        </Section>
        <Section title="Loading">
          <SkeletonRows rows={3} className="p-4" />
        </Section>
        <Section title="Empty and failed">
          <EmptyState icon={Inbox} title="Nothing waits." action={<Button icon={Plus}>Add something</Button>}>
            One sentence teaches, one action leads on.
          </EmptyState>
          <ErrorState
            title="This could not be loaded"
            detail="Spacebot cannot be reached right now."
            reference="0195a3f2"
            onRetry={() => {}}
          />
        </Section>
      </div>
    </Page>
  );
}

function Line({ children }: { readonly children: ReactNode }) {
  return <div className="flex flex-wrap items-center gap-2">{children}</div>;
}

function Buttons() {
  return (
    <Section title="Buttons">
      <div className="flex flex-col gap-3 p-4">
        {(['primary', 'secondary', 'ghost', 'danger'] as const).map((variant) => (
          <Line key={variant}>
            <Button variant={variant}>{variant}</Button>
            <Button variant={variant} icon={Plus}>
              With icon
            </Button>
            <Button variant={variant} pending>
              Pending
            </Button>
            <Button variant={variant} disabled>
              Disabled
            </Button>
            <IconButton variant={variant} icon={Bell} label="Icon" />
          </Line>
        ))}
        <Line>
          <Shortcut keys="mod+K" />
          <Shortcut keys="g+o" />
          <CopyButton text="copied" />
        </Line>
      </div>
    </Section>
  );
}

function Fields() {
  const [choice, setChoice] = useState<'a' | 'b'>('a');
  return (
    <Section title="Fields">
      <div className="flex flex-col gap-4 p-4">
        <Field label="Name" hint="One line of help.">
          {(control) => <Input {...control} placeholder="Placeholder" />}
        </Field>
        <Field label="Id" error="Lower-case letters, digits, - and _.">
          {(control) => <Input {...control} defaultValue="Not An Id" />}
        </Field>
        <Field label="Text">{(control) => <Textarea {...control} rows={2} defaultValue="Several lines" />}</Field>
        <Line>
          <Select label="Choice" value={choice} options={OPTIONS} onChange={setChoice} />
          <Segmented label="View" value={choice} segments={[{ ...OPTIONS[0], marked: true }, OPTIONS[1]]} onChange={setChoice} />
        </Line>
      </div>
    </Section>
  );
}

function States() {
  return (
    <Section title="State">
      <div className="flex flex-col gap-3 p-4">
        <Line>
          {TONES.map((tone) => (
            <Badge key={tone} tone={tone}>
              {tone}
            </Badge>
          ))}
        </Line>
        <Line>
          {TONES.map((tone) => (
            <StatusDot key={tone} tone={tone} label={tone} />
          ))}
        </Line>
        <Line>
          {PLATFORMS.map((platform) => (
            <PlatformMark key={platform} platform={platform} />
          ))}
        </Line>
        <Notice tone="failed" title="The last change was not taken over">
          config.toml:12:3: expected a number.
        </Notice>
        <Notice tone="waiting" title="Paused" actions={<Button icon={Pause}>Resume</Button>}>
          Messages are kept.
        </Notice>
        <dl>
          <Fact name="Version" mono>
            0.1.0
          </Fact>
          <Fact name="Running for">2 d 4 h</Fact>
        </dl>
      </div>
    </Section>
  );
}

function Floating() {
  const [isOpen, setOpen] = useState(false);
  return (
    <Section title="Floating">
      <div className="flex flex-wrap gap-2 p-4">
        <Button onClick={() => setOpen(true)}>Confirm something</Button>
        <Button onClick={() => tellDone('Conversation archived', () => {})}>Done toast</Button>
        <Button onClick={() => tellFailed('Nothing was changed', 'The server refused it.')}>Failed toast</Button>
        <Menu
          trigger={<Button>Menu</Button>}
          actions={[
            { label: 'Archive', icon: Archive, onSelect: () => {} },
            { label: 'Delete', icon: Trash2, danger: true, onSelect: () => {} },
          ]}
        />
        <ConfirmDialog
          open={isOpen}
          onClose={() => setOpen(false)}
          title="Delete this?"
          consequence="42 messages are erased. This cannot be undone."
          action="Delete conversation"
          pending={false}
          onConfirm={() => setOpen(false)}
        />
      </div>
    </Section>
  );
}
