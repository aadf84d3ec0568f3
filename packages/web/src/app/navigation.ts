/** The places of the rail, in order. */

import { Bot, LayoutGrid, type LucideIcon, MessagesSquare, Settings, Sparkles } from 'lucide-react';

export interface Place {
  readonly to: '/' | '/chat' | '/conversations' | '/agents' | '/settings';
  readonly label: string;
  readonly icon: LucideIcon;
  /** Pressed after `g`. */
  readonly key: string;
}

export const PLACES: readonly Place[] = [
  { to: '/', label: 'Overview', icon: LayoutGrid, key: 'o' },
  { to: '/chat', label: 'Chat', icon: Sparkles, key: 'c' },
  { to: '/conversations', label: 'Conversations', icon: MessagesSquare, key: 'v' },
  { to: '/agents', label: 'Agents', icon: Bot, key: 'a' },
  { to: '/settings', label: 'Settings', icon: Settings, key: 's' },
];
