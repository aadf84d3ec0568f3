/** Decides, purely, what becomes of a message: four layers (admission, routing, mention and mode, authority), each with its reason. */

import type { ErrorCode } from '@spacebot/protocol/errors';
import { type ConfigSnapshot, defaultAgent, findAgent } from '../config/snapshot.ts';
import { type AgentId, PORTAL } from '../core/ids.ts';
import type { InboundMessage } from '../core/messages.ts';
import { type AdapterRules, adapterRules, splitAdapterKey } from './adapter-rules.ts';
import { type Binding, bindingId, bindingsOf, matchesPlace } from './bindings.ts';

export type ResponseMode = 'active' | 'observe' | 'mention_only';
export type Authority = 'owner' | 'member' | 'stranger';

export interface RouteStep {
  readonly layer: 'admission' | 'routing' | 'mention' | 'mode' | 'authority';
  readonly result: string;
  readonly detail: string;
}

export interface Decision {
  readonly decision: 'answer' | 'observe' | 'reject';
  /** Set unless the agent asked for does not exist. */
  readonly agentId: AgentId | null;
  readonly bindingId: string | null;
  /** Why it was rejected; `null` otherwise. */
  readonly code: ErrorCode | null;
  readonly reason: string;
  readonly responseMode: ResponseMode;
  readonly authority: Authority;
  /** May use the commands that need authority. */
  readonly hasAuthority: boolean;
  readonly steps: readonly RouteStep[];
}

/** The part of a message that routing reads. */
export type RoutableMessage = Pick<InboundMessage, 'address' | 'sender' | 'place' | 'addressed' | 'requestedAgent'>;

/** The mode set in the conversation itself, or `null`; asked only once the agent is known. */
export type ConversationMode = (agentId: AgentId) => ResponseMode | null;

export function routeMessage(
  message: RoutableMessage,
  snapshot: ConfigSnapshot,
  conversationMode: ConversationMode = () => null,
): Decision {
  const route = findRoute(message, snapshot);
  const { authority, hasAuthority } = judgeSender(message, route);
  const base: Omit<Decision, 'decision' | 'code' | 'reason' | 'steps'> = {
    agentId: route.agentId,
    bindingId: route.binding ? bindingId(route.binding) : null,
    responseMode: modeOf(route, snapshot, conversationMode),
    authority,
    hasAuthority,
  };
  const steps: RouteStep[] = [];
  for (const decide of [admit, checkRoute, checkMention, applyMode]) {
    const verdict = decide(message, route, base.responseMode);
    steps.push(verdict.step);
    if (verdict.stop) return { ...base, ...verdict.stop, reason: verdict.step.detail, steps };
  }
  steps.push({ layer: 'authority', result: authority, detail: authorityDetail(authority, hasAuthority) });
  return { ...base, decision: 'answer', code: null, reason: steps[1]?.detail ?? '', steps };
}

interface Route {
  readonly kind: 'portal' | 'webhook' | 'chat';
  readonly agentId: AgentId | null;
  readonly binding: Binding | null;
  readonly rules: AdapterRules;
  readonly problem: { readonly code: ErrorCode; readonly detail: string } | null;
}

function findRoute(message: RoutableMessage, snapshot: ConfigSnapshot): Route {
  const { adapterKey } = message.address;
  const rules = adapterRules(snapshot, adapterKey);
  if (adapterKey === PORTAL) return { kind: 'portal', binding: null, rules, ...named(message.requestedAgent ?? null, snapshot) };
  const isWebhook = splitAdapterKey(adapterKey).platform === 'webhook';
  const bindings = bindingsOf(snapshot, adapterKey);
  if (isWebhook && message.requestedAgent !== undefined)
    return { kind: 'webhook', rules, ...askedFor(message, message.requestedAgent, snapshot, bindings) };
  const binding = bindings.find((candidate) => matchesPlace(candidate, message.place)) ?? null;
  const target = named(binding ? binding.agent_id : defaultAgent(snapshot).id, snapshot);
  return { kind: isWebhook ? 'webhook' : 'chat', binding, rules, ...target };
}

function named(agentId: string | null, snapshot: ConfigSnapshot): Pick<Route, 'agentId' | 'problem'> {
  const agent = agentId === null ? undefined : findAgent(snapshot, agentId);
  if (agent) return { agentId: agent.id, problem: null };
  return { agentId: null, problem: { code: 'agent_not_found', detail: `There is no agent ${JSON.stringify(agentId ?? '')}.` } };
}

/** A webhook caller names the agent: where bindings exist, one of them must name it too. */
function askedFor(
  message: RoutableMessage,
  asked: string,
  snapshot: ConfigSnapshot,
  own: readonly Binding[],
): Pick<Route, 'agentId' | 'problem' | 'binding'> {
  const target = named(asked, snapshot);
  if (target.problem) return { ...target, binding: null };
  const bindings = own.length > 0 ? own : snapshot.values.bindings.filter((binding) => binding.channel === 'webhook');
  const naming = bindings.filter((binding) => binding.agent_id === asked);
  if (bindings.length > 0 && naming.length === 0) {
    return { ...target, binding: null, problem: { code: 'agent_not_allowed', detail: `No webhook binding names the agent "${asked}".` } };
  }
  return { ...target, binding: naming.find((binding) => matchesPlace(binding, message.place)) ?? naming[0] ?? null };
}

interface Verdict {
  readonly step: RouteStep;
  readonly stop?: { readonly decision: 'observe' | 'reject'; readonly code: ErrorCode | null };
}

const pass = (layer: RouteStep['layer'], result: string, detail: string): Verdict => ({ step: { layer, result, detail } });
const reject = (layer: RouteStep['layer'], code: ErrorCode, detail: string): Verdict => ({
  step: { layer, result: 'rejected', detail },
  stop: { decision: 'reject', code },
});

function admit(message: RoutableMessage, route: Route): Verdict {
  if (route.kind === 'portal') return pass('admission', 'admitted', 'The caller of the API is admitted.');
  if (route.kind === 'webhook') return pass('admission', 'admitted', 'The credentials of the webhook admit its callers.');
  if (message.sender.isBot && !route.rules.allow_bot_messages) {
    return reject('admission', 'sender_not_allowed', 'The sender is a bot, and allow_bot_messages is off.');
  }
  const allowed = allowedUsers(route);
  if (message.place.isDirect) {
    if (includes(allowed, message.sender.id)) return pass('admission', 'admitted', 'dm_allowed_users admits the sender.');
    return reject('admission', 'sender_not_allowed', 'dm_allowed_users does not admit the sender.');
  }
  if (route.binding) return pass('admission', 'admitted', 'The place is bound.');
  if (message.addressed === 'no')
    return reject('admission', 'no_binding', 'No binding names this place, and the message is not addressed to the bot.');
  if (includes(allowed, message.sender.id))
    return pass('admission', 'admitted', 'The place is not bound; dm_allowed_users admits the sender.');
  return reject('admission', 'sender_not_allowed', 'No binding names this place, and dm_allowed_users does not admit the sender.');
}

function checkRoute(message: RoutableMessage, route: Route): Verdict {
  if (route.problem) return reject('routing', route.problem.code, route.problem.detail);
  if (route.kind === 'portal') return pass('routing', 'routed', 'The address names the agent.');
  if (route.kind === 'webhook' && message.requestedAgent !== undefined) return pass('routing', 'routed', 'The caller named the agent.');
  if (route.binding) return pass('routing', 'routed', `The binding ${bindingId(route.binding)} is the first that fits.`);
  return pass('routing', 'routed', 'No binding fits; the default agent answers.');
}

function checkMention(message: RoutableMessage, route: Route): Verdict {
  if (!route.binding?.require_mention) return pass('mention', 'passed', 'No mention is required.');
  if (isAddressed(message)) return pass('mention', 'passed', 'The message is addressed to the bot.');
  return reject('mention', 'mention_required', 'The binding requires a mention.');
}

function applyMode(message: RoutableMessage, _route: Route, mode: ResponseMode): Verdict {
  if (isDirect(message)) return pass('mode', 'answer', 'Direct messages are answered in every mode.');
  if (mode === 'active') return pass('mode', 'answer', 'The mode is active.');
  if (message.addressed === 'command') return pass('mode', 'answer', 'Commands work in every mode.');
  if (mode === 'mention_only' && isAddressed(message))
    return pass('mode', 'answer', 'The mode is mention_only, and the message is addressed to the bot.');
  return { step: { layer: 'mode', result: 'observe', detail: `The mode is ${mode}.` }, stop: { decision: 'observe', code: null } };
}

function modeOf(route: Route, snapshot: ConfigSnapshot, conversationMode: ConversationMode): ResponseMode {
  if (route.agentId === null) return 'active';
  const ofAgent = findAgent(snapshot, route.agentId)?.settings.channel.response_mode;
  return conversationMode(route.agentId) ?? route.binding?.settings.response_mode ?? ofAgent ?? 'active';
}

/** Decided by platform ids alone; a wildcard lends commands to everybody and makes nobody an owner. */
function judgeSender(message: RoutableMessage, route: Route): { authority: Authority; hasAuthority: boolean } {
  if (route.kind === 'portal') return { authority: 'owner', hasAuthority: true };
  const list = route.binding?.authority ?? route.rules.authority;
  const isNamed = list.includes(message.sender.id);
  const hasAuthority = isNamed || list.includes('*');
  if (isNamed) return { authority: 'owner', hasAuthority };
  const isBound = route.binding !== null && !message.place.isDirect;
  const isMember = route.kind === 'webhook' || isBound || allowedUsers(route).includes(message.sender.id);
  return { authority: isMember ? 'member' : 'stranger', hasAuthority };
}

function authorityDetail(authority: Authority, hasAuthority: boolean): string {
  return hasAuthority
    ? `The sender is ${authority} and may use every command.`
    : `The sender is ${authority}, without authority for commands that need it.`;
}

function allowedUsers(route: Route): readonly string[] {
  return route.binding?.dm_allowed_users ?? route.rules.dm_allowed_users;
}

function includes(list: readonly string[], id: string): boolean {
  return list.includes('*') || list.includes(id);
}

function isDirect(message: RoutableMessage): boolean {
  return message.place.isDirect || message.addressed === 'direct';
}

function isAddressed(message: RoutableMessage): boolean {
  return isDirect(message) || message.addressed !== 'no';
}
