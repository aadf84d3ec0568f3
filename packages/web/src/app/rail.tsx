/** The way around: a rail that folds to icons, and the same places as a bar on phones. */

import { Link, useRouterState } from '@tanstack/react-router';
import { Orbit, PanelLeftClose, PanelLeftOpen, Search } from 'lucide-react';
import { lazy, Suspense } from 'react';
import { IconButton } from '../components/button.tsx';
import { Shortcut } from '../components/shortcut.tsx';
import { StatusDot } from '../components/status.tsx';
import { Tooltip } from '../components/tooltip.tsx';
import { classNames } from '../lib/class-names.ts';
import { useCurrentAgent } from '../lib/current-agent.ts';
import { describeInstance } from '../lib/instance-state.ts';
import { loadPatiently } from '../lib/load-later.ts';
import { useStatus } from '../lib/queries/status.ts';
import { createStoredFlag } from '../lib/stored-flag.ts';
import { PLACES, type Place } from './navigation.ts';

/** Its menu is heavy and nobody needs it in the first second. */
const AgentSwitcher = lazy(() => loadPatiently(() => import('./agent-switcher.tsx')).then((module) => ({ default: module.AgentSwitcher })));

const folded = createStoredFlag('spacebot.rail-folded', false);

export function Rail({ onSearch }: { readonly onSearch: () => void }) {
  const isFolded = folded.use();
  return (
    <nav
      aria-label="Main"
      data-folded={isFolded}
      className="group/rail flex w-14 shrink-0 flex-col gap-1 border-r border-line bg-panel px-2.5 py-2.5 max-md:hidden xl:w-56 data-[folded=true]:w-14"
    >
      <InstanceLine />
      <Suspense fallback={<div className="h-8" />}>
        <AgentSwitcher />
      </Suspense>
      <SearchButton onSearch={onSearch} />
      <div className="my-1.5 h-px bg-line" />
      {PLACES.map((place) => (
        <RailLink key={place.to} place={place} />
      ))}
      <div className="mt-auto flex xl:group-data-[folded=false]/rail:justify-end max-xl:hidden">
        <IconButton
          icon={isFolded ? PanelLeftOpen : PanelLeftClose}
          label={isFolded ? 'Unfold the rail' : 'Fold the rail'}
          onClick={() => folded.set(!isFolded)}
        />
      </div>
    </nav>
  );
}

/** Hidden while the rail shows icons only, but still read aloud. */
const wordClass = 'truncate max-xl:sr-only group-data-[folded=true]/rail:sr-only';

function InstanceLine() {
  const status = useStatus();
  const state = describeInstance(status.data);
  return (
    <Tooltip text={state.sentence} side="right">
      <Link to="/settings" className="flex h-9 items-center gap-2.5 rounded-control px-1 hover:bg-raised">
        <span className="relative flex size-7 shrink-0 items-center justify-center rounded-control bg-accent-fill text-on-accent">
          <Orbit className="size-4.5" aria-hidden />
          <StatusDot tone={state.tone} label={state.word} className="absolute -right-1.5 -bottom-1.5 size-3.5! rounded-full bg-panel" />
        </span>
        <span className={classNames('flex min-w-0 flex-col', wordClass)}>
          <span className="text-sm leading-4 font-semibold">Spacebot</span>
          <span className="text-xs text-ink-3">{state.word}</span>
        </span>
      </Link>
    </Tooltip>
  );
}

function SearchButton({ onSearch }: { readonly onSearch: () => void }) {
  return (
    <button
      type="button"
      onClick={onSearch}
      className="flex h-8 w-full items-center gap-2.5 rounded-control border border-line px-2 text-sm text-ink-3 transition-colors hover:bg-raised hover:text-ink"
    >
      <Search className="size-4 shrink-0" aria-hidden />
      <span className={wordClass}>Search or do</span>
      <span className="ml-auto max-xl:hidden group-data-[folded=true]/rail:hidden">
        <Shortcut keys="mod+K" />
      </span>
    </button>
  );
}

function useIsHere(place: Place): boolean {
  const path = useRouterState({ select: (state) => state.location.pathname });
  return place.to === '/' ? path === '/' : path === place.to || path.startsWith(`${place.to}/`);
}

function usePlaceSearch(place: Place) {
  const agentId = useCurrentAgent();
  return place.to === '/conversations' && agentId !== null ? { agent: agentId } : {};
}

function RailLink({ place }: { readonly place: Place }) {
  const isHere = useIsHere(place);
  const search = usePlaceSearch(place);
  const link = (
    <Link
      to={place.to}
      search={search}
      aria-current={isHere ? 'page' : undefined}
      className={classNames(
        'flex h-8 items-center gap-2.5 rounded-control px-2.5 text-sm font-medium transition-colors',
        isHere ? 'bg-pressed text-ink' : 'text-ink-2 hover:bg-raised hover:text-ink',
      )}
    >
      <place.icon className={classNames('size-4 shrink-0', isHere && 'text-accent')} aria-hidden />
      <span className={wordClass}>{place.label}</span>
    </Link>
  );
  return (
    <Tooltip text={place.label} side="right" shortcut={`g+${place.key}`}>
      {link}
    </Tooltip>
  );
}

/** Phones: every place within the thumb's reach. */
export function BottomBar({ onSearch }: { readonly onSearch: () => void }) {
  return (
    <nav aria-label="Main" className="flex shrink-0 border-t border-line bg-panel px-1 pb-[env(safe-area-inset-bottom)] md:hidden">
      {PLACES.map((place) => (
        <BottomLink key={place.to} place={place} />
      ))}
      <button type="button" onClick={onSearch} className="flex h-14 min-w-0 flex-1 flex-col items-center justify-center gap-0.5 text-ink-3">
        <Search className="size-5" aria-hidden />
        <span className="text-xs">Search</span>
      </button>
    </nav>
  );
}

const SHORT: Readonly<Partial<Record<Place['to'], string>>> = { '/conversations': 'Talks' };

function BottomLink({ place }: { readonly place: Place }) {
  const isHere = useIsHere(place);
  const search = usePlaceSearch(place);
  return (
    <Link
      to={place.to}
      search={search}
      aria-label={place.label}
      aria-current={isHere ? 'page' : undefined}
      className={classNames('flex h-14 min-w-0 flex-1 flex-col items-center justify-center gap-0.5', isHere ? 'text-accent' : 'text-ink-3')}
    >
      <place.icon className="size-5" aria-hidden />
      <span className="max-w-full truncate text-xs">{SHORT[place.to] ?? place.label}</span>
    </Link>
  );
}
