/** The end of a conversation while a turn runs; it alone is drawn again for every piece of text that arrives. */

import type { ChannelKey } from '../../lib/queries/channels.ts';
import { useLiveTurn } from '../../lib/queries/messages.ts';
import { LiveRow } from './process-rows.tsx';

export function LiveTail({ channelKey, agentName }: { readonly channelKey: ChannelKey; readonly agentName: string }) {
  const live = useLiveTurn(channelKey);
  return live ? <LiveRow live={live} agentName={agentName} /> : null;
}
