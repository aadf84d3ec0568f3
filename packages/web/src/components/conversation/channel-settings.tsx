/** What is set for one conversation; an empty field means that the agent's value counts. */

import type { Channel } from '@spacebot/protocol/channels';
import { type FormEvent, useState } from 'react';
import { formatCount } from '../../lib/format.ts';
import { channelPlace } from '../../lib/platform.ts';
import type { ChannelChange } from '../../lib/queries/channels.ts';
import { Button } from '../button.tsx';
import { CopyButton } from '../copy-button.tsx';
import { Field, Input } from '../field.tsx';
import { Fact } from '../page.tsx';
import { Select } from '../select.tsx';
import { RelativeTime } from '../time.tsx';

interface ChannelSettingsProps {
  readonly channel: Channel;
  readonly pending: boolean;
  readonly error: string | undefined;
  readonly onSave: (change: ChannelChange) => void;
}

const INHERIT = 'inherit';
const RESPONSE_MODES = [
  { value: INHERIT, label: "The agent's setting" },
  { value: 'active', label: 'Answers everything' },
  { value: 'mention_only', label: 'Answers when spoken to' },
  { value: 'observe', label: 'Only listens' },
] as const;
type ResponseChoice = (typeof RESPONSE_MODES)[number]['value'];

export function ChannelSettings({ channel, pending, error, onSave }: ChannelSettingsProps) {
  return (
    <div className="flex flex-col gap-5">
      <ChannelFacts channel={channel} />
      <SettingsForm key={channel.revision} channel={channel} pending={pending} error={error} onSave={onSave} />
    </div>
  );
}

function ChannelFacts({ channel }: { readonly channel: Channel }) {
  return (
    <dl>
      <Fact name="Place">{channelPlace(channel)}</Fact>
      <Fact name="Agent">{channel.agent_id}</Fact>
      <Fact name="Messages">{formatCount(channel.message_count)}</Fact>
      <Fact name="Began">
        <RelativeTime at={channel.created_at} />
      </Fact>
      <Fact name="Last activity">
        <RelativeTime at={channel.last_activity_at} />
      </Fact>
      <Fact name="Id" mono>
        <span className="flex items-start gap-1">
          <span className="min-w-0 flex-1">{channel.id}</span>
          <CopyButton text={channel.id} label="Copy conversation id" className="-my-1.5" />
        </span>
      </Fact>
    </dl>
  );
}

function SettingsForm({ channel, pending, error, onSave }: ChannelSettingsProps) {
  const [name, setName] = useState(channel.display_name);
  const [model, setModel] = useState(channel.settings.model ?? '');
  const [mode, setMode] = useState<ResponseChoice>(channel.settings.response_mode ?? INHERIT);
  const isRenamed = name.trim() !== channel.display_name && name.trim() !== '';
  const isSet = model.trim() !== (channel.settings.model ?? '') || mode !== (channel.settings.response_mode ?? INHERIT);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const settings = { model: model.trim() === '' ? null : model.trim(), response_mode: mode === INHERIT ? null : mode };
    onSave({ ...(isRenamed && { display_name: name.trim() }), ...(isSet && { settings }) });
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-4 border-t border-line pt-4">
      <Field label="Name">
        {(control) => <Input {...control} value={name} onChange={(event) => setName(event.target.value)} maxLength={256} />}
      </Field>
      <Field label="Model" hint="provider/model. Empty: the agent's model." error={error}>
        {(control) => (
          <Input
            {...control}
            value={model}
            onChange={(event) => setModel(event.target.value)}
            spellCheck={false}
            className="font-mono text-xs!"
          />
        )}
      </Field>
      <div className="flex flex-col gap-1.5">
        <span className="text-sm font-medium">Answers</span>
        <Select label="When the agent answers here" value={mode} options={RESPONSE_MODES} onChange={setMode} />
      </div>
      <Button type="submit" variant="primary" disabled={!isRenamed && !isSet} pending={pending}>
        Save
      </Button>
    </form>
  );
}
