/** `[messaging.<platform>]`, its instances, and `[[bindings]]`. */

import type * as z from 'zod';
import { anything, bool, credential, int, oneOf, pattern, requiredText, resolvable, table, tables, text, texts, url } from './keys.ts';

/** Values an instance may not have as its name, because conversation ids use them. */
const RESERVED_NAMES = 'dm|group|uuid|e164|topic|thread|chat|default';
const INSTANCE_NAME = new RegExp(`^(?!(?:${RESERVED_NAMES})$)(?!\\d+$)[a-z0-9_-]{1,20}$`, 'i');

const instanceName = () =>
  pattern(INSTANCE_NAME, 'name of letters, digits, "_" and "-", at most 20 characters, not all digits, not a reserved word');

const common = () => ({
  dm_allowed_users: texts().default([]),
  authority: texts().default([]),
  allow_bot_messages: bool().default(false),
  pairing: bool().default(false),
  on_ambiguous: oneOf('mark', 'park').default('mark'),
});

/** A platform is its default instance plus named ones with the same keys. */
function platform<Shape extends z.core.$ZodShape>(keys: Shape) {
  const shared = common();
  const instance = table({ name: instanceName(), ...shared, enabled: bool().default(true), ...keys });
  return table({ ...shared, enabled: bool().default(false), ...keys, instances: tables(instance).default([]) });
}

const email = () => ({
  imap_host: credential().optional(),
  imap_port: int(1, 65_535).default(993),
  imap_username: credential().optional(),
  imap_password: credential().optional(),
  imap_use_tls: bool().default(true),
  smtp_host: credential().optional(),
  smtp_port: int(1, 65_535).default(587),
  smtp_username: resolvable().optional(),
  smtp_password: credential().optional(),
  smtp_use_starttls: bool().default(true),
  from_address: resolvable().optional(),
  from_name: text().optional(),
  poll_interval_secs: int(1).default(30),
  folders: texts().default(['INBOX']),
  allowed_senders: texts().default([]),
  max_body_bytes: int(1).default(262_144),
  max_attachment_bytes: int(1).default(10_485_760),
});

const webhook = () => ({
  port: int(0, 65_535).default(18_789),
  bind: requiredText().default('127.0.0.1'),
  auth_token: credential().optional(),
  hmac_secret: credential().optional(),
  callback_url: url().optional(),
  retention_hours: int(1).default(24),
});

const irc = () => ({
  server: text().optional(),
  port: int(1, 65_535).default(6697),
  tls: bool().default(true),
  nick: text().optional(),
  password: credential().optional(),
  sasl: bool().default(false),
  channels: texts().default([]),
});

export const messaging = () =>
  table({
    discord: platform({ token: credential().optional(), api_base_url: url().default('https://discord.com/api') }).prefault({}),
    slack: platform({
      bot_token: credential().optional(),
      app_token: credential().optional(),
      thread_conversations: bool().default(true),
      api_base_url: url().default('https://slack.com/api/'),
    }).prefault({}),
    telegram: platform({ token: credential().optional(), api_base_url: url().default('https://api.telegram.org') }).prefault({}),
    webhook: platform(webhook()).prefault({}),
    email: platform(email()).prefault({}),
    whatsapp: platform({
      access_token: credential().optional(),
      app_secret: credential().optional(),
      verify_token: credential().optional(),
      phone_number_id: text().optional(),
      graph_base_url: url().default('https://graph.facebook.com'),
    }).prefault({}),
    matrix: platform({
      homeserver_url: url().optional(),
      access_token: credential().optional(),
      user_id: text().optional(),
      room_ids: texts().default([]),
    }).prefault({}),
    imessage: platform({ poll_interval_secs: int(1).default(3) }).prefault({}),
    irc: platform(irc()).prefault({}),
    lark: platform({
      app_id: text().optional(),
      app_secret: credential().optional(),
      verification_token: credential().optional(),
      encrypt_key: credential().optional(),
      domain: oneOf('feishu', 'lark').default('feishu'),
    }).prefault({}),
    dingtalk: platform({ app_key: resolvable().optional(), app_secret: credential().optional(), robot_code: text().optional() }).prefault(
      {},
    ),
    twitch: anything(),
    signal: anything(),
    mattermost: anything(),
  });

const bindingSettings = () =>
  table({
    model: pattern(/^\S+$/, 'model string "provider/model"').optional(),
    memory: oneOf('full', 'ambient', 'off').default('full'),
    delegation: oneOf('standard', 'direct').default('standard'),
    response_mode: oneOf('active', 'observe', 'mention_only').optional(),
    save_attachments: bool().optional(),
  });

export const binding = () =>
  table({
    id: requiredText(256).optional(),
    agent_id: requiredText(),
    channel: requiredText(),
    adapter: instanceName().optional(),
    guild_id: text().optional(),
    workspace_id: text().optional(),
    team_id: anything(),
    chat_id: text().optional(),
    room_id: text().optional(),
    channel_ids: texts().default([]),
    require_mention: bool().default(false),
    dm_allowed_users: texts().optional(),
    authority: texts().optional(),
    settings: bindingSettings().prefault({}),
  });
