/** What a conversation id and a place say to a person. */

const LABELS: Readonly<Record<string, string>> = {
  portal: 'Portal',
  webhook: 'Webhook',
  discord: 'Discord',
  slack: 'Slack',
  telegram: 'Telegram',
  whatsapp: 'WhatsApp',
  matrix: 'Matrix',
  imessage: 'iMessage',
  irc: 'IRC',
  lark: 'Lark',
  dingtalk: 'DingTalk',
  email: 'Email',
  cron: 'Automation',
  cortex: 'Cortex',
  ingest: 'Ingest',
};

export function platformLabel(platform: string): string {
  return LABELS[platform] ?? platform;
}

/** The portal session a conversation belongs to, or `null` when it is on another platform: `portal:chat:<agent>:<session>`. */
export function portalSessionOf(conversationId: string): string | null {
  const [platform, kind, , session] = conversationId.split(':');
  return platform === 'portal' && kind === 'chat' && session !== undefined ? session : null;
}

interface Titled {
  readonly id: string;
  readonly platform: string;
  readonly display_name: string | null;
  readonly place: { readonly server_name: string | null; readonly channel_name: string | null; readonly is_direct: boolean };
}

/** The name of a conversation: its own, its place's, or the last part of its id. */
export function channelTitle(channel: Titled): string {
  const named = channel.display_name?.trim() || channel.place.channel_name?.trim();
  if (named) return named;
  const session = portalSessionOf(channel.id);
  if (session !== null) return session;
  return decodePart(channel.id.slice(channel.id.lastIndexOf(':') + 1));
}

/** Where it is: `Discord · Guild`, `Webhook`, `Telegram · direct`. */
export function channelPlace(channel: Titled): string {
  const parts = [platformLabel(channel.platform)];
  if (channel.place.server_name) parts.push(channel.place.server_name);
  else if (channel.place.is_direct && channel.platform !== 'portal') parts.push('direct');
  return parts.join(' · ');
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
