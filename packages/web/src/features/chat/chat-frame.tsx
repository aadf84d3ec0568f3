/** What every chat page shares: the list of chats on the left, a header, and a panel on the right. */

import { MessagesSquare } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { IconButton } from '../../components/button.tsx';
import { Page } from '../../components/page.tsx';
import { SidePanel } from '../../components/side-panel.tsx';
import { SessionList } from './session-list.tsx';

interface ChatFrameProps {
  readonly agentId: string;
  readonly sessionId: string | null;
  readonly title: ReactNode;
  readonly meta?: ReactNode;
  readonly actions?: ReactNode;
  readonly panel?: ReactNode;
  readonly children: ReactNode;
}

export function ChatFrame({ agentId, sessionId, title, meta, actions, panel, children }: ChatFrameProps) {
  const [isListOpen, setListOpen] = useState(false);
  const buttons = (
    <>
      {actions}
      <IconButton icon={MessagesSquare} label="Chats" onClick={() => setListOpen(true)} className="lg:hidden" />
    </>
  );
  return (
    <div className="flex h-full">
      <div className="w-64 shrink-0 border-r border-line bg-panel max-lg:hidden">
        <SessionList agentId={agentId} sessionId={sessionId} />
      </div>
      <div className="min-w-0 flex-1">
        <Page title={title} meta={meta} actions={buttons} fixed>
          <div className="flex min-w-0 flex-1 flex-col">{children}</div>
        </Page>
      </div>
      {panel}
      {isListOpen ? (
        <SidePanel title="Chats" onClose={() => setListOpen(false)}>
          <div className="-mx-4 -my-3 h-full">
            <SessionList agentId={agentId} sessionId={sessionId} />
          </div>
        </SidePanel>
      ) : null}
    </div>
  );
}
