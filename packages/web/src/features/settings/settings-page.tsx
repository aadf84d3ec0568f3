/** The instance and this browser: how it looks, how it is doing, what is wrong, and what waits for a restart. */

import type { Status } from '@spacebot/protocol/status';
import { LogOut, Monitor, Moon, Sun } from 'lucide-react';
import { Button } from '../../components/button.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { Fact, Page, Section } from '../../components/page.tsx';
import { PlatformMark } from '../../components/platform-mark.tsx';
import { Segmented } from '../../components/segmented.tsx';
import { ErrorState, SkeletonRows } from '../../components/states.tsx';
import { Badge, type Tone } from '../../components/status.tsx';
import { Elapsed, RelativeTime } from '../../components/time.tsx';
import { describeError } from '../../lib/api.ts';
import { describeInstance } from '../../lib/instance-state.ts';
import { platformLabel } from '../../lib/platform.ts';
import { useSession, useSignOut } from '../../lib/queries/session.ts';
import { useStatus } from '../../lib/queries/status.ts';
import { setTheme, useTheme } from '../../lib/theme.ts';
import { ConfigSection } from './config-section.tsx';
import { PowerSection } from './power-section.tsx';
import { SetupGuide } from './setup-guide.tsx';

export function SettingsPage() {
  const status = useStatus();
  return (
    <Page title="Settings">
      <div className="mx-auto flex max-w-200 flex-col gap-4 md:gap-6">
        {status.data?.state === 'setup' ? <SetupGuide /> : null}
        <AppearanceSection />
        {status.data ? (
          <>
            <InstanceSection status={status.data} />
            <ConfigSection status={status.data} />
            <AdaptersSection adapters={status.data.adapters} />
          </>
        ) : status.isError ? (
          <ErrorState title="The status could not be loaded" {...describeError(status.error)} onRetry={() => void status.refetch()} />
        ) : (
          <SkeletonRows />
        )}
        <SessionSection />
        <PowerSection />
      </div>
    </Page>
  );
}

const THEMES = [
  { value: 'system', label: 'System', icon: Monitor },
  { value: 'light', label: 'Light', icon: Sun },
  { value: 'dark', label: 'Dark', icon: Moon },
] as const;

function AppearanceSection() {
  const theme = useTheme();
  return (
    <Section
      title="Appearance"
      hint="for this browser"
      actions={<Segmented label="Theme" value={theme} segments={THEMES} onChange={setTheme} />}
    >
      <p className="px-4 py-3 text-sm text-ink-2">System follows the setting of your computer or phone, also while it changes.</p>
    </Section>
  );
}

function InstanceSection({ status }: { readonly status: Status }) {
  const state = describeInstance(status);
  return (
    <Section title="Instance" actions={<Badge tone={state.tone}>{state.word}</Badge>}>
      <dl className="px-4 py-2">
        <Fact name="State">{state.sentence}</Fact>
        <Fact name="Version" mono>
          {status.version}
        </Fact>
        <Fact name="Running for">
          <Elapsed since={status.started_at} />, process {status.pid}
        </Fact>
        <Fact name="Folder" mono>
          <span className="flex items-start gap-1">
            <span className="min-w-0 flex-1">{status.instance_dir}</span>
            <CopyButton text={status.instance_dir} label="Copy path" className="-my-1.5" />
          </span>
        </Fact>
        <Fact name="Embeddings">
          <span className="font-mono text-xs">{status.embedding.model}</span>, {status.embedding.state}
        </Fact>
        <Fact name="Sandbox">{sandboxSentence(status.sandbox)}</Fact>
      </dl>
    </Section>
  );
}

function sandboxSentence(sandbox: Status['sandbox']): string {
  if (sandbox.mode === 'disabled') return 'Switched off: tools run with the rights of the daemon.';
  return sandbox.available
    ? `On, with ${sandbox.backend}.`
    : 'Wanted but not available on this machine, so tools that need it are refused.';
}

const ADAPTER_TONE: Readonly<Record<Status['adapters'][number]['state'], Tone>> = {
  connected: 'done',
  starting: 'running',
  degraded: 'waiting',
  auth_failed: 'failed',
  error: 'failed',
  stopped: 'neutral',
  disabled: 'neutral',
  unsupported: 'neutral',
};

function AdaptersSection({ adapters }: { readonly adapters: Status['adapters'] }) {
  return (
    <div id="adapters">
      <Section title="Adapters" hint="one for each account on a platform">
        {adapters.length === 0 ? (
          <p className="px-4 py-3 text-sm text-ink-2">None is configured. The portal on this page needs none.</p>
        ) : null}
        <ul className="divide-y divide-line">
          {adapters.map((adapter) => (
            <li key={adapter.key} className="flex items-center gap-3 px-4 py-2.5">
              <PlatformMark platform={adapter.platform} />
              <div className="min-w-0 flex-1">
                <p className="truncate text-sm font-medium">
                  {platformLabel(adapter.platform)}
                  {adapter.instance ? <span className="text-ink-3"> {adapter.instance}</span> : null}
                </p>
                {adapter.last_error ? (
                  <p className="text-xs text-ink-2 wrap-anywhere">
                    {adapter.last_error.message} <RelativeTime at={adapter.last_error.at} className="text-ink-3" />
                  </p>
                ) : null}
              </div>
              <Badge tone={ADAPTER_TONE[adapter.state]}>{adapter.state.replace('_', ' ')}</Badge>
            </li>
          ))}
        </ul>
      </Section>
    </div>
  );
}

function SessionSection() {
  const session = useSession();
  const signOut = useSignOut();
  return (
    <Section
      title="Session"
      actions={
        <Button icon={LogOut} pending={signOut.isPending} onClick={() => signOut.mutate()}>
          Sign out
        </Button>
      }
    >
      <p className="px-4 py-3 text-sm text-ink-2">
        {session.data?.expires_at
          ? `This browser stays signed in until ${new Date(session.data.expires_at).toLocaleDateString()}.`
          : 'This browser is signed in.'}
      </p>
    </Section>
  );
}
