/** Every endpoint of the API; the server has a route for each, the clients can call each. */

import * as agents from './agents.ts';
import * as channels from './channels.ts';
import * as config from './config.ts';
import * as deliveries from './deliveries.ts';
import * as events from './events.ts';
import * as portal from './portal.ts';
import * as system from './system.ts';

export const endpoints = [
  system.getHealth,
  system.getReadiness,
  system.getStatus,
  system.createSession,
  system.getSession,
  system.deleteSession,
  system.rotateToken,
  system.stopSystem,
  system.restartSystem,
  system.getIdle,
  system.getOpenapi,
  agents.listAgents,
  agents.createAgent,
  agents.getAgent,
  agents.updateAgent,
  agents.deleteAgent,
  agents.pauseAgent,
  agents.resumeAgent,
  agents.getIdentity,
  agents.putIdentity,
  agents.getAgentSettings,
  agents.updateAgentSettings,
  channels.listChannels,
  channels.listAgentChannels,
  channels.getChannel,
  channels.updateChannel,
  channels.deleteChannel,
  channels.archiveChannel,
  channels.unarchiveChannel,
  channels.resetChannel,
  channels.listMessages,
  channels.sendAsOperator,
  channels.deleteMessage,
  channels.getTimeline,
  channels.cancelChannel,
  channels.getAttachment,
  portal.listPortalSessions,
  portal.createPortalSession,
  portal.getPortalSession,
  portal.updatePortalSession,
  portal.deletePortalSession,
  portal.uploadPortalAttachment,
  portal.sendPortalMessage,
  portal.cancelPortalTurn,
  deliveries.listDeliveries,
  deliveries.getDelivery,
  config.getConfig,
  config.updateConfig,
  config.getRawConfig,
  config.putRawConfig,
  config.validateConfig,
  config.getConfigSchema,
  config.getSettings,
  config.updateSettings,
  events.streamEvents,
  events.listEvents,
] as const;

type Listed = (typeof endpoints)[number];

/** By `METHOD path`: what the client is typed with, without carrying any schema at run time. */
export type EndpointMap = { [E in Listed as `${E['method']} ${E['path']}`]: E };
export type EndpointKey = keyof EndpointMap;
