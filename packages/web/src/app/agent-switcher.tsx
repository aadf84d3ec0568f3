/** Chooses whose conversations are shown: one agent's or everybody's. */

import { Menu } from '@base-ui/react/menu';
import { useNavigate, useRouterState } from '@tanstack/react-router';
import { Bot, Check, ChevronsUpDown } from 'lucide-react';
import { menuItemClass } from '../components/menu.tsx';
import { setCurrentAgent, useCurrentAgent } from '../lib/current-agent.ts';
import { useAgents } from '../lib/queries/agents.ts';

const ALL = '';

export function AgentSwitcher() {
  const agents = useAgents();
  const current = useCurrentAgent();
  const choose = useChooseAgent();
  const chosen = agents.data?.find((agent) => agent.id === current);
  const name = chosen?.display_name ?? 'All agents';
  return (
    <Menu.Root>
      <Menu.Trigger
        aria-label={`Agent: ${name}`}
        className="flex h-8 w-full items-center gap-2.5 rounded-control px-2 text-sm text-ink-2 transition-colors hover:bg-raised hover:text-ink"
      >
        <Bot className="size-4 shrink-0" aria-hidden />
        <span className="truncate max-xl:hidden group-data-[folded=true]/rail:hidden">{name}</span>
        <ChevronsUpDown className="ml-auto size-3.5 shrink-0 text-ink-3 max-xl:hidden group-data-[folded=true]/rail:hidden" aria-hidden />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner align="start" sideOffset={4} collisionPadding={8} className="z-50">
          <Menu.Popup className="floating max-h-80 min-w-52 overflow-y-auto p-1 outline-none">
            <Menu.RadioGroup value={chosen?.id ?? ALL} onValueChange={choose}>
              <AgentItem id={ALL} name="All agents" />
              {agents.data?.map((agent) => (
                <AgentItem key={agent.id} id={agent.id} name={agent.display_name} />
              ))}
            </Menu.RadioGroup>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}

function AgentItem({ id, name }: { readonly id: string; readonly name: string }) {
  return (
    <Menu.RadioItem value={id} closeOnClick className={menuItemClass}>
      <span className="flex size-4 items-center">
        <Menu.RadioItemIndicator>
          <Check className="size-4 text-accent" aria-hidden />
        </Menu.RadioItemIndicator>
      </span>
      <span className="truncate">{name}</span>
      {id !== ALL && id !== name ? <span className="ml-auto pl-3 font-mono text-xs text-ink-3">{id}</span> : null}
    </Menu.RadioItem>
  );
}

/** What is on screen follows the choice. */
function useChooseAgent(): (value: string) => void {
  const navigate = useNavigate();
  const path = useRouterState({ select: (state) => state.location.pathname });
  return (value) => {
    setCurrentAgent(value === ALL ? null : value);
    if (path.startsWith('/conversations')) void navigate({ to: '/conversations', search: value === ALL ? {} : { agent: value } });
    else if (path.startsWith('/chat')) void navigate({ to: '/chat' });
  };
}
