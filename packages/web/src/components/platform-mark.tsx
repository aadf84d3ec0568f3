/** A mark for the platform a conversation lives on; one icon family, told apart by shape and name. */

import {
  AtSign,
  Bird,
  Bot,
  Brain,
  CalendarClock,
  FileInput,
  Gamepad2,
  Grid3x3,
  Hash,
  type LucideIcon,
  Mail,
  MessageCircle,
  MessageSquare,
  Phone,
  Send,
  Terminal,
  Webhook,
} from 'lucide-react';
import { classNames } from '../lib/class-names.ts';
import { platformLabel } from '../lib/platform.ts';

const MARKS: Readonly<Record<string, LucideIcon>> = {
  portal: MessageSquare,
  webhook: Webhook,
  discord: Gamepad2,
  slack: Hash,
  telegram: Send,
  whatsapp: Phone,
  matrix: Grid3x3,
  imessage: MessageCircle,
  irc: Terminal,
  lark: Bird,
  dingtalk: AtSign,
  email: Mail,
  cron: CalendarClock,
  cortex: Brain,
  ingest: FileInput,
};

export function PlatformMark({ platform, className }: { readonly platform: string; readonly className?: string | undefined }) {
  const Mark = MARKS[platform] ?? Bot;
  return (
    <span
      title={platformLabel(platform)}
      className={classNames('inline-flex size-7 shrink-0 items-center justify-center rounded-control bg-raised text-ink-2', className)}
    >
      <Mark className="size-4" aria-hidden />
      <span className="sr-only">{platformLabel(platform)}</span>
    </span>
  );
}
