/** What commands may do to running channels and to their models. */

import { AppError } from '../core/errors.ts';
import { trusted } from '../core/ids.ts';
import type { ModelGateway } from '../llm/model-gateway.ts';
import type { ModelPlan } from '../llm/model-plan.ts';
import { resolveRoute } from '../llm/routing.ts';
import type { ChannelControl } from '../messaging/ports.ts';
import type { OpenAgents } from './open-agents.ts';

export function createChannelControl(agents: OpenAgents, gateway: ModelGateway): ChannelControl {
  return {
    abort: (agentId, conversationId, turnIds) => agents.get(agentId)?.runtime.abort(conversationId, turnIds),
    model(agentId, conversationId) {
      const plan = orError(() => planFor(agents, gateway, agentId, conversationId));
      return plan instanceof AppError ? null : `${plan.first.provider}/${plan.first.model}`;
    },
    checkModel(agentId, name) {
      const agent = agents.get(agentId);
      if (!agent) return 'The agent is not open.';
      const route = resolveRoute(agent.runtime.config.settings, { slot: 'channel', conversationModel: name });
      const plan = orError(() => gateway.plan({ ...route, fallbacks: {} }));
      return plan instanceof AppError ? plan.publicMessage : null;
    },
    async setAgentPaused(agentId, paused, reason) {
      await agents.get(agentId)?.runtime.setPaused(paused, reason);
    },
  };
}

/** Whom the next turn of a conversation would ask. Throws `setup_required` or `model_unavailable`. */
export function planFor(agents: OpenAgents, gateway: ModelGateway, agentId: string, conversationId: string): ModelPlan {
  const agent = agents.require(agentId);
  const row = agent.spine.conversation(trusted(conversationId));
  const { model } = (row ? JSON.parse(row.settings) : {}) as { model?: string };
  return gateway.plan(
    resolveRoute(agent.runtime.config.settings, { slot: 'channel', ...(model === undefined ? {} : { conversationModel: model }) }),
  );
}

function orError<Value>(run: () => Value): Value | AppError {
  try {
    return run();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}
