/** While there is no model, every page says so in one line that leads to what to do. */

import { Link } from '@tanstack/react-router';
import { ArrowRight, PlugZap } from 'lucide-react';
import { useStatus } from '../lib/queries/status.ts';

export function SetupBar() {
  const status = useStatus();
  if (status.data?.state !== 'setup') return null;
  return (
    <Link
      to="/settings"
      hash="setup"
      className="flex h-9 shrink-0 items-center justify-center gap-2 border-b border-line bg-waiting-soft px-4 text-sm text-waiting hover:underline pointer-coarse:h-11"
    >
      <PlugZap className="size-4 shrink-0" aria-hidden />
      <span className="truncate">No model yet, so nothing can be answered. See how to connect one</span>
      <ArrowRight className="size-4 shrink-0" aria-hidden />
    </Link>
  );
}
