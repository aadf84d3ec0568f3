/** The frame: rail on the left, bar at the bottom on phones, the quiet bar of a lost connection, and the page. */

import { Outlet, useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { useHotkeys } from '../lib/hotkeys.ts';
import { loadPatiently } from '../lib/load-later.ts';
import { ConnectionBar } from './connection-bar.tsx';
import { PLACES } from './navigation.ts';
import { BottomBar, Rail } from './rail.tsx';
import { SetupBar } from './setup-bar.tsx';

const loadPalette = () => loadPatiently(() => import('../features/palette/command-palette.tsx'));
const CommandPalette = lazy(() => loadPalette().then((module) => ({ default: module.CommandPalette })));

/** After the first screen is there, so that the first Ctrl K opens without a wait and no typed letter is lost. */
const PALETTE_PRELOAD_MS = 2_000;

export function Layout() {
  const [isPaletteOpen, setPaletteOpen] = useState(false);
  const [wasOpened, setWasOpened] = useState(false);
  const openPalette = () => {
    setWasOpened(true);
    setPaletteOpen(true);
  };
  useHotkeys({
    'mod+k': (event) => {
      event.preventDefault();
      openPalette();
    },
  });
  useGoToKeys();
  useEffect(() => {
    const timer = setTimeout(() => void loadPalette(), PALETTE_PRELOAD_MS);
    return () => clearTimeout(timer);
  }, []);

  return (
    <div className="flex h-full flex-col">
      <a
        href="#content"
        className="sr-only z-50 focus:not-sr-only focus:absolute focus:m-2 focus:rounded-control focus:bg-panel focus:px-3 focus:py-2"
      >
        Skip to content
      </a>
      <div className="flex min-h-0 flex-1">
        <Rail onSearch={openPalette} />
        <div className="flex min-w-0 flex-1 flex-col">
          <ConnectionBar />
          <SetupBar />
          <main id="content" tabIndex={-1} className="min-h-0 flex-1 outline-none">
            <Outlet />
          </main>
        </div>
      </div>
      <BottomBar onSearch={openPalette} />
      {wasOpened ? (
        <Suspense fallback={null}>
          <CommandPalette open={isPaletteOpen} onClose={() => setPaletteOpen(false)} places={PLACES} />
        </Suspense>
      ) : null}
    </div>
  );
}

/** How long after `g` the second key still counts. */
const SEQUENCE_MS = 1_200;

/** `g` and a letter goes to a page. */
function useGoToKeys(): void {
  const navigate = useNavigate();
  const startedAt = useRef(0);
  const go = (key: string) => {
    const place = PLACES.find((candidate) => candidate.key === key);
    if (!place || performance.now() - startedAt.current > SEQUENCE_MS) return;
    startedAt.current = 0;
    void navigate({ to: place.to });
  };
  useHotkeys({
    g: () => {
      startedAt.current = performance.now();
    },
    ...Object.fromEntries(PLACES.map(({ key }) => [key, () => go(key)])),
  });
}
