/** What can be done to a whole conversation; what cannot be undone asks first and names what is lost. */

import type { Channel } from '@spacebot/protocol/channels';
import { Archive, ArchiveRestore, Ellipsis, RefreshCcw, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { describeError } from '../../lib/api.ts';
import { formatCount } from '../../lib/format.ts';
import { channelTitle } from '../../lib/platform.ts';
import { useChannelAction, useDeleteChannel } from '../../lib/queries/channels.ts';
import { tellDone, tellFailed } from '../../lib/toasts.ts';
import { buttonClass } from '../button.tsx';
import { ConfirmDialog } from '../dialog.tsx';
import { Menu } from '../menu.tsx';

interface ChannelActionsProps {
  readonly channel: Channel;
  readonly onDeleted: () => void;
}

export function ChannelActions({ channel, onDeleted }: ChannelActionsProps) {
  const [asking, setAsking] = useState<'reset' | 'delete' | null>(null);
  const action = useChannelAction({ agentId: channel.agent_id, conversationId: channel.id });
  const isArchived = channel.state === 'archived';
  const archive = (way: 'archive' | 'unarchive', canUndo: boolean) =>
    action.mutate(way, {
      onSuccess: () =>
        tellDone(
          way === 'archive' ? 'Conversation archived' : 'Conversation is back',
          canUndo ? () => archive(way === 'archive' ? 'unarchive' : 'archive', false) : undefined,
        ),
      onError: (error) => tellFailed('Nothing was changed', describeError(error).detail),
    });
  return (
    <>
      <Menu
        trigger={
          <button type="button" aria-label="More actions" className={buttonClass('ghost', 'w-8 px-0! pointer-coarse:w-11')}>
            <Ellipsis className="size-4" aria-hidden />
          </button>
        }
        actions={[
          isArchived
            ? { label: 'Bring back', icon: ArchiveRestore, onSelect: () => archive('unarchive', true) }
            : { label: 'Archive', icon: Archive, onSelect: () => archive('archive', true) },
          { label: 'Start a new session', icon: RefreshCcw, onSelect: () => setAsking('reset') },
          { label: 'Delete conversation', icon: Trash2, danger: true, onSelect: () => setAsking('delete') },
        ]}
      />
      <ResetDialog channel={channel} open={asking === 'reset'} onClose={() => setAsking(null)} />
      <DeleteDialog channel={channel} open={asking === 'delete'} onClose={() => setAsking(null)} onDeleted={onDeleted} />
    </>
  );
}

interface AskProps {
  readonly channel: Channel;
  readonly open: boolean;
  readonly onClose: () => void;
}

function ResetDialog({ channel, open, onClose }: AskProps) {
  const reset = useChannelAction({ agentId: channel.agent_id, conversationId: channel.id });
  const confirm = () =>
    reset.mutate('reset', {
      onSuccess: () => {
        onClose();
        tellDone('A new session began');
      },
    });
  return (
    <ConfirmDialog
      open={open}
      onClose={onClose}
      title="Start a new session?"
      consequence="The agent no longer has what was said so far in mind here. The history stays readable, and memories are kept."
      action="Start a new session"
      variant="primary"
      pending={reset.isPending}
      error={reset.error ? describeError(reset.error).detail : undefined}
      onConfirm={confirm}
    />
  );
}

function DeleteDialog({ channel, open, onClose, onDeleted }: AskProps & { readonly onDeleted: () => void }) {
  const erase = useDeleteChannel({ agentId: channel.agent_id, conversationId: channel.id });
  const confirm = () =>
    erase.mutate(undefined, {
      onSuccess: () => {
        onClose();
        tellDone('Conversation deleted');
        onDeleted();
      },
    });
  return (
    <ConfirmDialog
      open={open}
      onClose={onClose}
      title="Delete this conversation?"
      consequence={`“${channelTitle(channel)}” with its ${formatCount(channel.message_count)} messages and everything that ran for them is erased. This cannot be undone. Archiving keeps it.`}
      action="Delete conversation"
      pending={erase.isPending}
      error={erase.error ? describeError(erase.error).detail : undefined}
      onConfirm={confirm}
    />
  );
}
