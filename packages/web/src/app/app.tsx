/** Providers around everything, and the gate: without a session there is the sign-in page and nothing else. */

import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { Orbit } from 'lucide-react';
import { lazy, Suspense } from 'react';
import { ErrorState } from '../components/states.tsx';
import { TooltipProvider } from '../components/tooltip.tsx';
import { SignIn } from '../features/login/sign-in.tsx';
import { describeError } from '../lib/api.ts';
import { useEventStream } from '../lib/events/event-stream.ts';
import { loadPatiently } from '../lib/load-later.ts';
import { useSession } from '../lib/queries/session.ts';
import { createQueryClient } from './query-client.ts';
import { router } from './router.tsx';

const Toaster = lazy(() => loadPatiently(() => import('../components/toast.tsx')).then((module) => ({ default: module.Toaster })));

const queryClient = createQueryClient();

export function App() {
  return (
    <QueryClientProvider client={queryClient}>
      <TooltipProvider>
        <Gate />
        <Suspense fallback={null}>
          <Toaster />
        </Suspense>
      </TooltipProvider>
    </QueryClientProvider>
  );
}

function Gate() {
  const session = useSession();
  if (session.data === null) return <SignIn />;
  if (session.data) return <SignedIn />;
  return (
    <main className="flex h-full items-center justify-center">
      {session.error ? (
        <ErrorState title="Spacebot does not answer" detail={describeError(session.error).detail} onRetry={() => void session.refetch()} />
      ) : (
        <Orbit className="size-8 animate-breathe text-ink-3" aria-label="Loading" />
      )}
    </main>
  );
}

function SignedIn() {
  useEventStream();
  return <RouterProvider router={router} />;
}
