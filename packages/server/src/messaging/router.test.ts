import { describe, expect, test } from 'vitest';
import { type AdapterKey, type AgentId, type ConversationId, trusted } from '../core/ids.ts';
import type { Addressed, Place } from '../core/messages.ts';
import { readConfig } from '../testing/messaging-world.ts';
import { type ResponseMode, routeMessage } from './router.ts';

const AGENTS = '[[agents]]\nid = "main"\n[[agents]]\nid = "sales"\n';

interface Given {
  adapter?: string;
  sender?: string;
  isBot?: boolean;
  place?: Partial<Place>;
  addressed?: Addressed;
  agent?: string;
  mode?: ResponseMode;
}

function route(config: string, given: Given = {}) {
  const message = {
    address: { adapterKey: trusted<AdapterKey>(given.adapter ?? 'discord'), conversationId: trusted<ConversationId>('c') },
    sender: { id: given.sender ?? 'ann', name: 'Ann', isBot: given.isBot ?? false },
    place: { isDirect: false, serverId: 'guild', channelId: 'room', ...given.place },
    addressed: given.addressed ?? ('no' as const),
    ...(given.agent === undefined ? {} : { requestedAgent: trusted<AgentId>(given.agent) }),
  };
  return routeMessage(message, readConfig(config + (config.includes('[[agents]]') ? '' : AGENTS)), () => given.mode ?? null);
}

const discord = (keys: string) => `[messaging.discord]\nenabled = true\ntoken = "env:NONE"\n${keys}\n`;
const bind = (keys: string) => `[[bindings]]\nchannel = "discord"\nagent_id = "main"\n${keys}\n`;
const dm: Given = { place: { isDirect: true }, addressed: 'direct' };

describe('admission', () => {
  const cases: [string, string, Given, string, string | null][] = [
    ['[SE-2] an empty allow-list admits nobody to direct messages', discord(''), dm, 'reject', 'sender_not_allowed'],
    ['[SE-2] a star admits everybody', discord('dm_allowed_users = ["*"]'), dm, 'answer', null],
    ['a named sender is admitted', discord('dm_allowed_users = ["ann"]'), dm, 'answer', null],
    ['another one is not', discord('dm_allowed_users = ["bob"]'), dm, 'reject', 'sender_not_allowed'],
    [
      'the list of a binding replaces the one of the adapter',
      discord('dm_allowed_users = ["*"]') + bind('dm_allowed_users = ["bob"]'),
      dm,
      'reject',
      'sender_not_allowed',
    ],
    ['an unbound shared place is refused when nobody spoke to the bot', discord('dm_allowed_users = ["*"]'), {}, 'reject', 'no_binding'],
    [
      'an unbound shared place answers a mention of an admitted sender',
      discord('dm_allowed_users = ["ann"]'),
      { addressed: 'mention' },
      'answer',
      null,
    ],
    ['an unbound shared place refuses the mention of anybody else', discord(''), { addressed: 'mention' }, 'reject', 'sender_not_allowed'],
    ['a bound place admits everybody in it', discord('') + bind(''), {}, 'answer', null],
    ['[MS-29] bots are refused', discord('') + bind(''), { isBot: true }, 'reject', 'sender_not_allowed'],
    ['[MS-29] bots are taken where that is allowed', discord('allow_bot_messages = true') + bind(''), { isBot: true }, 'answer', null],
    ['an adapter that is not configured admits nobody', '', dm, 'reject', 'sender_not_allowed'],
  ];
  test.each(cases)('%s', (_title, config, given, decision, code) => {
    expect(route(config, given)).toMatchObject({ decision, code });
  });
});

describe('routing', () => {
  test('[MS-19] the first binding in file order wins, and a scoped one never narrows an unscoped one', () => {
    const config = `${discord('') + bind('id = "scoped"\nchannel_ids = ["other"]')}[[bindings]]\nid = "wide"\nchannel = "discord"\nagent_id = "sales"\n`;
    expect(route(config)).toMatchObject({ agentId: 'sales', bindingId: 'wide' });
    expect(route(config, { place: { channelId: 'other' } })).toMatchObject({ agentId: 'main', bindingId: 'scoped' });
  });
  test('a thread is bound through its parent', () => {
    const config = discord('') + bind('channel_ids = ["room"]');
    expect(route(config, { place: { channelId: 'thread', parentChannelId: 'room' } })).toMatchObject({
      decision: 'answer',
      agentId: 'main',
    });
  });
  test('a binding of a guild is not about another one', () => {
    expect(route(discord('') + bind('guild_id = "elsewhere"'))).toMatchObject({ decision: 'reject', code: 'no_binding' });
  });
  test('a binding without `adapter` is about the default instance only', () => {
    const config = `${discord('')}[[messaging.discord.instances]]\nname = "ops"\ntoken = "env:NONE"\n${bind('')}`;
    expect(route(config, { adapter: 'discord:ops' })).toMatchObject({ code: 'no_binding' });
    expect(route(config + bind('adapter = "ops"\nid = "second"'), { adapter: 'discord:ops' })).toMatchObject({ bindingId: 'second' });
  });
  test('a binding without an id gets a stable one', () => {
    expect(route(discord('') + bind('')).bindingId).toMatch(/^b_[0-9a-f]{10}$/);
  });
  test('the portal asks for its agent by the address, and every caller is owner', () => {
    const portal: Given = { adapter: 'portal', place: { isDirect: true }, addressed: 'direct', agent: 'sales' };
    expect(route('', portal)).toMatchObject({ decision: 'answer', agentId: 'sales', authority: 'owner', hasAuthority: true });
    expect(route('', { ...portal, agent: 'ghost' })).toMatchObject({ decision: 'reject', code: 'agent_not_found' });
  });
  const webhookBindings = '[[bindings]]\nchannel = "webhook"\nagent_id = "sales"\nchannel_ids = ["shop"]\n';
  const hook: Given = { adapter: 'webhook', place: { isDirect: true, channelId: 'c' }, addressed: 'direct' };
  const cases: [string, string, Given, Record<string, unknown>][] = [
    ['a webhook caller who names nobody gets the default agent', '', hook, { agentId: 'main', authority: 'member' }],
    ['a webhook caller may name any agent where nothing is bound', '', { ...hook, agent: 'sales' }, { agentId: 'sales' }],
    [
      '[WH-4] where bindings exist, the named agent must be in one',
      webhookBindings,
      { ...hook, agent: 'main' },
      { code: 'agent_not_allowed' },
    ],
    ['[WH-4] a bound agent may be named from any conversation', webhookBindings, { ...hook, agent: 'sales' }, { agentId: 'sales' }],
    ['bindings choose by conversation', webhookBindings, { ...hook, place: { isDirect: true, channelId: 'shop' } }, { agentId: 'sales' }],
    ['an unknown agent is not found', webhookBindings, { ...hook, agent: 'ghost' }, { code: 'agent_not_found' }],
  ];
  test.each(cases)('%s', (_title, config, given, expected) => {
    expect(route(config, given)).toMatchObject(expected);
  });
});

describe('mention and mode', () => {
  const strict = discord('') + bind('require_mention = true');
  const cases: [string, string, Given, string, string | null][] = [
    ['[MS-19] a message stopped by require_mention stays stopped', strict, {}, 'reject', 'mention_required'],
    ['[CH-22] a mention passes', strict, { addressed: 'mention' }, 'answer', null],
    ['[CH-22] a reply to the bot counts as a mention', strict, { addressed: 'reply' }, 'answer', null],
    ['[CH-22] a command counts as a mention', strict, { addressed: 'command' }, 'answer', null],
    ['[CH-20] a quiet place is read and not answered', discord('') + bind(''), { mode: 'observe' }, 'observe', null],
    [
      '[CH-20] a quiet place does not answer a mention either',
      discord('') + bind(''),
      { mode: 'observe', addressed: 'mention' },
      'observe',
      null,
    ],
    ['[CH-28] commands work in a quiet place', discord('') + bind(''), { mode: 'observe', addressed: 'command' }, 'answer', null],
    [
      '[CH-20] mention_only answers what is addressed',
      discord('') + bind(''),
      { mode: 'mention_only', addressed: 'thread' },
      'answer',
      null,
    ],
    ['[CH-20] mention_only reads the rest', discord('') + bind(''), { mode: 'mention_only' }, 'observe', null],
    ['[CH-20] direct messages bypass the mode', discord('dm_allowed_users = ["*"]'), { ...dm, mode: 'observe' }, 'answer', null],
  ];
  test.each(cases)('%s', (_title, config, given, decision, code) => {
    expect(route(config, given)).toMatchObject({ decision, code });
  });
  test('the conversation wins over the binding, the binding over the agent', () => {
    const agent = '[[agents]]\nid = "main"\n[agents.channel]\nresponse_mode = "observe"\n';
    const bound = `${agent}${discord('')}${bind('settings = { response_mode = "mention_only" }')}`;
    expect(route(`${agent}${discord('')}${bind('')}`).responseMode).toBe('observe');
    expect(route(bound).responseMode).toBe('mention_only');
    expect(route(bound, { mode: 'active' }).responseMode).toBe('active');
  });
});

describe('authority', () => {
  const cases: [string, string, Given, string, boolean][] = [
    ['nobody has authority by default', discord('dm_allowed_users = ["ann"]'), dm, 'member', false],
    ['who is named is owner', discord('dm_allowed_users = ["ann"]\nauthority = ["ann"]'), dm, 'owner', true],
    [
      'a star lends commands to everybody and makes nobody an owner',
      discord('dm_allowed_users = ["*"]\nauthority = ["*"]'),
      dm,
      'stranger',
      true,
    ],
    ['who is admitted by a star alone is a stranger', discord('dm_allowed_users = ["*"]'), dm, 'stranger', false],
    ['who writes in a bound place is a member', discord('') + bind(''), {}, 'member', false],
    ['an empty list of a binding takes authority away', discord('authority = ["ann"]') + bind('authority = []'), {}, 'member', false],
    ['[SE-5] a name grants nothing', discord('authority = ["Ann"]') + bind(''), {}, 'member', false],
  ];
  test.each(cases)('%s', (_title, config, given, authority, hasAuthority) => {
    expect(route(config, given)).toMatchObject({ authority, hasAuthority });
  });
  test('[SE-3] each layer leaves its reason', () => {
    const layers = (config: string, given: Given) => route(config, given).steps.map((step) => step.layer);
    expect(layers(discord('') + bind(''), {})).toEqual(['admission', 'routing', 'mention', 'mode', 'authority']);
    expect(layers(discord(''), dm)).toEqual(['admission']);
    expect(route(discord(''), dm).reason).toBe('dm_allowed_users does not admit the sender.');
  });
});
