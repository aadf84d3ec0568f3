/** Reaches every page, agent, conversation and action from the keyboard. */

import { Dialog } from '@base-ui/react/dialog';
import { useNavigate } from '@tanstack/react-router';
import { Bot, CornerDownLeft, Filter, FilterX, LogOut, type LucideIcon, MessageSquarePlus, Moon, Search, Sun, SunMoon } from 'lucide-react';
import { type KeyboardEvent, type RefObject, useEffect, useId, useMemo, useRef, useState } from 'react';
import { PlatformMark } from '../../components/platform-mark.tsx';
import { classNames } from '../../lib/class-names.ts';
import { setCurrentAgent } from '../../lib/current-agent.ts';
import { channelPlace, channelTitle, portalSessionOf } from '../../lib/platform.ts';
import { useAgents } from '../../lib/queries/agents.ts';
import { useChannels } from '../../lib/queries/channels.ts';
import { useSignOut } from '../../lib/queries/session.ts';
import { setTheme } from '../../lib/theme.ts';
import { type Command, findCommands } from './find-commands.ts';

interface PlaceLike {
  readonly to: '/' | '/chat' | '/conversations' | '/agents' | '/settings';
  readonly label: string;
  readonly icon: LucideIcon;
}

interface CommandPaletteProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly places: readonly PlaceLike[];
}

export function CommandPalette({ open, onClose, places }: CommandPaletteProps) {
  const field = useRef<HTMLInputElement>(null);
  return (
    <Dialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-scrim transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Dialog.Popup
          initialFocus={field}
          className="floating fixed inset-x-3 top-[10vh] z-40 mx-auto flex max-h-[70vh] max-w-150 flex-col overflow-hidden outline-none"
        >
          <Dialog.Title className="sr-only">Search or do</Dialog.Title>
          <PaletteBody field={field} onClose={onClose} places={places} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

interface PaletteBodyProps extends Omit<CommandPaletteProps, 'open'> {
  readonly field: RefObject<HTMLInputElement | null>;
}

function PaletteBody({ field, onClose, places }: PaletteBodyProps) {
  const commands = useCommands(places);
  const [text, setText] = useState('');
  const [marked, setMarked] = useState(0);
  const listId = useId();
  const found = useMemo(() => findCommands(commands, text), [commands, text]);
  const current = found[Math.min(marked, found.length - 1)];
  const run = (command: Command | undefined) => {
    if (!command) return;
    onClose();
    command.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0) {
      event.preventDefault();
      setMarked((before) => (Math.min(before, found.length - 1) + step + found.length) % Math.max(1, found.length));
    } else if (event.key === 'Enter') {
      event.preventDefault();
      run(current);
    }
  };
  return (
    <>
      <div className="flex items-center gap-3 border-b border-line px-4">
        <Search className="size-4 shrink-0 text-ink-3" aria-hidden />
        <input
          ref={field}
          role="combobox"
          aria-expanded
          aria-controls={listId}
          aria-activedescendant={current ? `${listId}-${current.id}` : undefined}
          aria-label="Search pages, agents, conversations and actions"
          placeholder="Search pages, agents, conversations and actions"
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setMarked(0);
          }}
          onKeyDown={onKeyDown}
          className="h-12 min-w-0 flex-1 bg-transparent text-lg outline-none placeholder:text-ink-3"
        />
      </div>
      <div id={listId} role="listbox" aria-label="Results" className="min-h-0 overflow-y-auto p-1.5">
        {found.length === 0 ? <p className="px-3 py-6 text-center text-sm text-ink-3">Nothing is called that.</p> : null}
        {found.map((command, index) => (
          <Result
            key={command.id}
            domId={`${listId}-${command.id}`}
            command={command}
            startsGroup={command.group !== found[index - 1]?.group}
            isMarked={command === current}
            onMark={() => setMarked(index)}
            onRun={() => run(command)}
          />
        ))}
      </div>
    </>
  );
}

interface ResultProps {
  readonly domId: string;
  readonly command: Command;
  readonly startsGroup: boolean;
  readonly isMarked: boolean;
  readonly onMark: () => void;
  readonly onRun: () => void;
}

function Result({ domId, command, startsGroup, isMarked, onMark, onRun }: ResultProps) {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isMarked) element.current?.scrollIntoView({ block: 'nearest' });
  }, [isMarked]);
  return (
    <>
      {startsGroup ? <p className="px-3 pt-2 pb-1 text-xs font-medium text-ink-3">{command.group}</p> : null}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the combobox above runs the marked option with Enter */}
      <div
        ref={element}
        id={domId}
        role="option"
        tabIndex={-1}
        aria-selected={isMarked}
        onMouseMove={onMark}
        onClick={onRun}
        className={classNames(
          'flex h-9 cursor-pointer items-center gap-3 rounded-control px-3 text-sm pointer-coarse:h-11',
          isMarked && 'bg-raised',
        )}
      >
        {command.platform ? <PlatformMark platform={command.platform} className="size-5! bg-transparent!" /> : null}
        {command.icon ? <command.icon className="size-4 shrink-0 text-ink-3" aria-hidden /> : null}
        <span className="truncate">{command.label}</span>
        <span className="min-w-0 truncate text-xs text-ink-3">{command.detail}</span>
        {isMarked ? <CornerDownLeft className="ml-auto size-4 shrink-0 text-ink-3" aria-hidden /> : null}
      </div>
    </>
  );
}

function useCommands(places: readonly PlaceLike[]): readonly Command[] {
  const navigate = useNavigate();
  const agents = useAgents();
  const channels = useChannels({});
  const signOut = useSignOut();
  return [
    ...places.map(
      (place): Command => ({
        id: `page${place.to}`,
        group: 'Pages',
        label: place.label,
        detail: '',
        icon: place.icon,
        run: () => void navigate({ to: place.to }),
      }),
    ),
    ...(agents.data ?? []).flatMap((agent): Command[] => [
      {
        id: `chat-${agent.id}`,
        group: 'Actions',
        label: `New chat with ${agent.display_name}`,
        detail: '',
        icon: MessageSquarePlus,
        run: () => void navigate({ to: '/chat/$agentId', params: { agentId: agent.id } }),
      },
    ]),
    ...(agents.data ?? []).map(
      (agent): Command => ({
        id: `show-${agent.id}`,
        group: 'Actions',
        label: `Show only ${agent.display_name}`,
        detail: '',
        icon: Filter,
        run: () => setCurrentAgent(agent.id),
      }),
    ),
    { id: 'show-all', group: 'Actions', label: 'Show all agents', detail: '', icon: FilterX, run: () => setCurrentAgent(null) },
    { id: 'theme-dark', group: 'Actions', label: 'Dark theme', detail: '', icon: Moon, run: () => setTheme('dark') },
    { id: 'theme-light', group: 'Actions', label: 'Light theme', detail: '', icon: Sun, run: () => setTheme('light') },
    { id: 'theme-system', group: 'Actions', label: 'Theme of the system', detail: '', icon: SunMoon, run: () => setTheme('system') },
    { id: 'sign-out', group: 'Actions', label: 'Sign out', detail: '', icon: LogOut, run: () => signOut.mutate() },
    ...(agents.data ?? []).map(
      (agent): Command => ({
        id: `agent-${agent.id}`,
        group: 'Agents',
        label: agent.display_name,
        detail: agent.role || agent.id,
        icon: Bot,
        run: () => void navigate({ to: '/agents/$agentId', params: { agentId: agent.id } }),
      }),
    ),
    ...(channels.data ?? []).map(
      (channel): Command => ({
        id: `talk-${channel.agent_id}-${channel.id}`,
        group: 'Conversations',
        label: channelTitle(channel),
        detail: channelPlace(channel),
        platform: channel.platform,
        run: () => {
          const sessionId = portalSessionOf(channel.id);
          if (sessionId === null)
            void navigate({
              to: '/conversations/$agentId',
              params: { agentId: channel.agent_id },
              search: { id: channel.id },
            });
          else void navigate({ to: '/chat/$agentId/$sessionId', params: { agentId: channel.agent_id, sessionId } });
        },
      }),
    ),
  ];
}
