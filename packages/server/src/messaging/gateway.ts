/** The way in: every message of every platform is routed, stored and only then acknowledged; the adapters run under its care. */

import type { ConfigSnapshot } from '../config/snapshot.ts';
import type { Clock, Random } from '../core/clock.ts';
import { StorageError, UnavailableError } from '../core/errors.ts';
import { type AdapterKey, type AgentId, type NewId, PORTAL } from '../core/ids.ts';
import type { Logger } from '../core/logger.ts';
import type { Attachment, ConversationAddress, InboundMessage } from '../core/messages.ts';
import type { AdapterDefinition, ReceiveResult, TurnOutcome } from '../core/messaging-adapter.ts';
import type { Accepted, AcceptInput } from '../storage/agent/accept.ts';
import type { AgentSpine } from '../storage/agent/agent-spine.ts';
import { AdapterSupervisor } from './adapter-supervisor.ts';
import { type CommandCall, mayUse, type ParsedCommand, parseCommand, REFUSAL } from './commands.ts';
import { conversationMode } from './conversation-mode.ts';
import { acceptInput, dedupeKey, hashBody, storeFiles } from './inbound.ts';
import type { AgentDirectory, AgentHandle, ChannelControl, MessagingObserver, OwnerHints, ReadConfig } from './ports.ts';
import { Rejections } from './rejections.ts';
import { type Decision, routeMessage } from './router.ts';
import { SETTLED, TurnWaiters } from './turn-waiters.ts';

const RETRY_LATER_MS = 5_000;

export interface GatewayDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly newId: NewId;
  readonly log: Logger;
  readonly config: ReadConfig;
  readonly agents: AgentDirectory;
  readonly channels: ChannelControl;
  readonly owners: OwnerHints;
  readonly observer: MessagingObserver;
  readonly definitions: readonly AdapterDefinition<unknown>[];
}

export interface ReceiveOptions {
  /** Files that lie in the agent's blob store already. */
  readonly attachments?: readonly Attachment[];
  /** Our own id of the message this one replies to. */
  readonly replyToId?: string;
}

export function createMessagingGateway(deps: GatewayDeps): MessagingGateway {
  return new MessagingGateway(deps);
}

export class MessagingGateway {
  readonly adapters: AdapterSupervisor;
  readonly #deps: GatewayDeps;
  readonly #waiters: TurnWaiters;
  readonly #rejections: Rejections;
  #isOpen = true;

  constructor(deps: GatewayDeps) {
    this.#deps = deps;
    this.#waiters = new TurnWaiters(deps.agents);
    this.#rejections = new Rejections(deps.clock, deps.observer);
    this.adapters = new AdapterSupervisor({
      clock: deps.clock,
      random: deps.random,
      log: deps.log,
      definitions: deps.definitions,
      servicesFor: (key) => this.#servicesFor(key),
      onState: (change) => deps.observer.adapterStateChanged(change),
    });
  }

  /**
   * Resolves once the message is durable. Throws `unavailable` while the intake is stopped, `queue_full`, `idempotency_conflict`, `agent_not_found`
   * and `agent_not_allowed`; every other refusal is returned.
   */
  async receive(message: InboundMessage, options: ReceiveOptions = {}): Promise<ReceiveResult> {
    if (!this.isAccepting()) throw unavailable();
    const snapshot = this.#deps.config();
    const parsed = parseCommand(message.text);
    const routable = parsed?.kind === 'command' && message.addressed === 'no' ? { ...message, addressed: 'command' as const } : message;
    const decision = routeMessage(routable, snapshot, (agentId) => this.#modeOf(agentId, message.address));
    if (decision.agentId === null || decision.decision === 'reject') return this.#rejections.refuse(routable, decision, snapshot);
    const key = dedupeKey(message, this.#deps.newId);
    const agent = this.#holder(decision.agentId, message.address, key);
    if (isEcho(agent, message)) return { outcome: 'rejected', code: 'message_rejected', reason: 'The message is our own.' };
    const accepted = await this.#store(agent, routable, { decision, snapshot, key, options, parsed });
    if (accepted.duplicate) this.#deps.observer.messageDuplicate(message);
    else this.#deps.observer.messageReceived(agent.id, message);
    const { messageId, turnId, duplicate, afterSeq } = accepted;
    const isPlainTurn = parsed?.kind !== 'command' && turnId !== '';
    return { outcome: isPlainTurn ? 'accepted' : 'handled', agentId: agent.id, messageId, turnId, duplicate, afterReply: afterSeq };
  }

  /** False while the daemon stops or the store of any agent refuses writes. */
  isAccepting(): boolean {
    if (!this.#isOpen) return false;
    for (const agent of this.#deps.agents.all()) if (agent.spine.failure) return false;
    return true;
  }

  /** From now on `receive` refuses; adapters go on running, so that answers can leave. */
  stopIntake(): void {
    this.#isOpen = false;
  }

  /** Ends the adapters; the last step of a shutdown. */
  stop(): Promise<void> {
    this.stopIntake();
    return this.adapters.stop();
  }

  /** Doorbell: a turn ended, or one of its deliveries was settled. */
  turnMoved(agentId: string, turnId: string): void {
    this.#waiters.turnMoved(agentId, turnId);
  }

  /** Resolves when the turn is final and its answer has left, or with `null` when the signal aborts first. */
  waitForTurn(agentId: string, turnId: string, signal: AbortSignal): Promise<TurnOutcome | null> {
    return this.#waiters.wait(agentId, turnId, signal);
  }

  /** What the conversation does now, over all agents that ever took part in it; an answer that is not handed over yet counts as running. */
  conversationState(
    address: ConversationAddress,
    isHandedOver = (_key: string) => false,
  ): 'idle' | 'queued' | 'running' | 'waiting_for_approval' {
    let state: 'idle' | 'queued' = 'idle';
    for (const agentId of this.#deps.owners.agentsOf(address.adapterKey, address.conversationId)) {
      const spine = this.#deps.agents.get(agentId)?.spine;
      const turns = spine?.openTurns(address.conversationId) ?? [];
      if (turns.some((turn) => turn.state === 'running')) return 'running';
      if (spine && isSpeaking(spine, address, isHandedOver)) return 'running';
      if (turns.length > 0) state = 'queued';
    }
    return state;
  }

  #servicesFor(key: AdapterKey) {
    return {
      receive: (message: InboundMessage) => {
        this.adapters.trafficSeen(key);
        return this.receive(message);
      },
      waitForTurn: (agentId: string, turnId: string, signal: AbortSignal) => this.waitForTurn(agentId, turnId, signal),
      conversationState: (address: ConversationAddress, isHandedOver?: (key: string) => boolean) =>
        this.conversationState(address, isHandedOver),
      isAccepting: () => this.isAccepting(),
      log: this.#deps.log.component(`messaging.${key}`),
      clock: this.#deps.clock,
    };
  }

  #modeOf(agentId: AgentId, address: ConversationAddress) {
    const settings = this.#deps.agents.get(agentId)?.spine.conversation(address.conversationId)?.settings;
    return settings === undefined ? null : conversationMode(settings);
  }

  /** The agent that takes the message: the one routed to, or, for a repeat after a rebinding, the one that holds the original. */
  #holder(routed: AgentId, address: ConversationAddress, key: string): AgentHandle {
    for (const other of this.#deps.owners.agentsOf(address.adapterKey, address.conversationId)) {
      const holder = other === routed ? undefined : this.#deps.agents.get(other);
      if (holder?.spine.mailboxByKey(key)) return holder;
    }
    const agent = this.#deps.agents.get(routed);
    if (!agent) throw unavailable();
    return agent;
  }

  /** A disk that takes nothing stops the intake; it is no failure of this one message. */
  async #store(agent: AgentHandle, message: InboundMessage, routed: Routed): Promise<Accepted> {
    try {
      const input = await this.#prepare(agent, message, routed);
      const { parsed, decision } = routed;
      return await (parsed?.kind === 'command' ? this.#runCommand(agent, message, decision, parsed, input) : agent.spine.accept(input));
    } catch (error) {
      if (error instanceof StorageError) throw unavailable(error);
      throw error;
    }
  }

  async #prepare(agent: AgentHandle, message: InboundMessage, routed: Routed): Promise<AcceptInput> {
    const { decision, snapshot, key, options, parsed } = routed;
    const stored = options.attachments ?? [];
    const bodyHash = hashBody(message, stored);
    if (message.address.adapterKey !== PORTAL) {
      await this.#deps.owners.register(message.address.adapterKey, message.address.conversationId, agent.id);
    }
    const attachments = message.files.length === 0 ? stored : [...stored, ...(await storeFiles(message, agent.blobs, this.#deps.newId))];
    const replyToId = options.replyToId ?? repliedTo(agent, message);
    const input = acceptInput({ message, decision, snapshot, attachments, replyToId, key, bodyHash, now: this.#deps.clock.now() });
    return parsed?.kind === 'other-bot' ? { ...input, start: 'observe' } : input;
  }

  async #runCommand(
    agent: AgentHandle,
    message: InboundMessage,
    decision: Decision,
    parsed: Extract<ParsedCommand, { kind: 'command' }>,
    input: AcceptInput,
  ): Promise<Accepted> {
    const { command, argument } = parsed;
    if (!mayUse(command, argument, decision)) return agent.spine.runCommand(input, () => REFUSAL);
    const { conversationId } = message.address;
    const call: CommandCall = { argument, agent, conversationId, sender: message.sender, decision, channels: this.#deps.channels };
    if (command.prepare && !agent.spine.mailboxByKey(input.dedupeKey)) await command.prepare(call);
    return agent.spine.runCommand(input, (unit, conversation) => command.run(call, unit, conversation));
  }
}

interface Routed {
  readonly decision: Decision;
  readonly snapshot: ConfigSnapshot;
  readonly key: string;
  readonly options: ReceiveOptions;
  readonly parsed: ParsedCommand | null;
}

/** Platforms that echo what we sent give it the id that our delivery got. */
function isEcho(agent: AgentHandle, message: InboundMessage): boolean {
  if (message.platformMessageId === null) return false;
  return agent.spine.messageByPlatformId(message.address.conversationId, message.platformMessageId)?.role === 'assistant';
}

function repliedTo(agent: AgentHandle, message: InboundMessage): string | null {
  if (message.replyToPlatformId === undefined) return null;
  return agent.spine.messageByPlatformId(message.address.conversationId, message.replyToPlatformId)?.id ?? null;
}

/** True while something of the newest answer is still on its way to the platform. */
function isSpeaking(spine: AgentSpine, address: ConversationAddress, isHandedOver: (key: string) => boolean): boolean {
  const head = spine.headOfPlace(address.adapterKey, address.conversationId);
  if (!head) return false;
  const rows = head.turn_id === null ? [head] : spine.deliveriesOfTurn(head.turn_id);
  return rows.some((row) => !SETTLED.has(row.state) && !isHandedOver(row.key));
}

function unavailable(cause?: unknown): UnavailableError {
  return new UnavailableError('unavailable', 'No messages are taken at the moment; send again shortly.', {
    cause,
    retry: { afterMs: RETRY_LATER_MS },
  });
}
