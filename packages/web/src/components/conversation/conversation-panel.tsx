/** The panel beside a conversation: its facts and settings, or the trace of one message. */

import type { Channel } from '@spacebot/protocol/channels';
import { describeError } from '../../lib/api.ts';
import { type ChannelKey, useUpdateChannel } from '../../lib/queries/channels.ts';
import { useMessages, useTurns } from '../../lib/queries/messages.ts';
import { turnOf } from '../../lib/timeline.ts';
import { SidePanel } from '../side-panel.tsx';
import { ChannelSettings } from './channel-settings.tsx';
import { TracePanel } from './trace-panel.tsx';

export type PanelView = { readonly kind: 'details' } | { readonly kind: 'trace'; readonly messageId: string } | null;

interface ConversationPanelProps {
  readonly view: PanelView;
  readonly channelKey: ChannelKey;
  /** Absent while nobody has spoken here yet. */
  readonly channel: Channel | undefined;
  readonly onClose: () => void;
}

export function ConversationPanel({ view, channelKey, channel, onClose }: ConversationPanelProps) {
  if (view === null) return null;
  if (view.kind === 'trace') {
    return (
      <SidePanel title="Trace" onClose={onClose}>
        <Trace channelKey={channelKey} messageId={view.messageId} />
      </SidePanel>
    );
  }
  return (
    <SidePanel title="Details" onClose={onClose}>
      {channel ? (
        <Details channelKey={channelKey} channel={channel} />
      ) : (
        <p className="text-sm text-ink-3">This chat begins with its first message.</p>
      )}
    </SidePanel>
  );
}

function Trace({ channelKey, messageId }: { readonly channelKey: ChannelKey; readonly messageId: string }) {
  const messages = useMessages(channelKey);
  const turns = useTurns(channelKey);
  const message = messages.data?.find(({ id }) => id === messageId);
  if (!message) return <p className="text-sm text-ink-3">This message is no longer in the history.</p>;
  return <TracePanel message={message} turn={turnOf(message, turns)} />;
}

function Details({ channelKey, channel }: { readonly channelKey: ChannelKey; readonly channel: Channel }) {
  const update = useUpdateChannel(channelKey);
  return (
    <ChannelSettings
      channel={channel}
      pending={update.isPending}
      error={update.error ? describeError(update.error).detail : undefined}
      onSave={(change) => update.mutate(change)}
    />
  );
}

/** The button in the header opens and closes the details. */
export function toggleDetails(view: PanelView): PanelView {
  return view?.kind === 'details' ? null : { kind: 'details' };
}
