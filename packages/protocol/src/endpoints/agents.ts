/** Agents: create, change, pause, their identity files and their settings. */

import * as z from 'zod';
import { Agent, AgentSettings, FileDoc, Identity } from '../agents.ts';
import { page, paging, queryBoolean } from '../common.ts';
import { defineEndpoint } from '../endpoint.ts';

const empty = z.strictObject({});
const displayName = z.string().trim().min(1).max(128);
const role = z.string().max(4096);
const config = z.record(z.string(), z.unknown());
const reason = z.strictObject({ reason: z.string().max(1024).optional() });

export const listAgents = defineEndpoint({
  name: 'listAgents',
  method: 'GET',
  path: '/agents',
  summary: 'All agents.',
  tag: 'agents',
  access: 'token',
  query: z.strictObject(paging),
  responses: { 200: page(Agent) },
});

export const createAgent = defineEndpoint({
  name: 'createAgent',
  method: 'POST',
  path: '/agents',
  summary: 'Creates an agent with its folder, identity files and database.',
  tag: 'agents',
  access: 'token',
  query: empty,
  body: z.strictObject({
    id: z.string(),
    display_name: displayName.optional(),
    role: role.optional(),
    default: z.boolean().optional(),
    template: z.string().min(1).max(64).optional(),
    config: config.optional(),
  }),
  responses: { 201: Agent },
});

export const getAgent = defineEndpoint({
  name: 'getAgent',
  method: 'GET',
  path: '/agents/{agent_id}',
  summary: 'One agent.',
  tag: 'agents',
  access: 'token',
  query: empty,
  responses: { 200: Agent },
});

export const updateAgent = defineEndpoint({
  name: 'updateAgent',
  method: 'PATCH',
  path: '/agents/{agent_id}',
  summary: 'Changes the named fields.',
  tag: 'agents',
  access: 'token',
  query: empty,
  body: z.strictObject({
    display_name: displayName.optional(),
    role: role.optional(),
    default: z.boolean().optional(),
    config: config.optional(),
  }),
  responses: { 200: Agent },
});

export const deleteAgent = defineEndpoint({
  name: 'deleteAgent',
  method: 'DELETE',
  path: '/agents/{agent_id}',
  summary: 'Stops the agent and takes it out of the configuration; `purge` also deletes its files.',
  tag: 'agents',
  access: 'token',
  query: z.strictObject({ purge: queryBoolean.default(false) }),
  responses: { 204: null },
});

export const pauseAgent = defineEndpoint({
  name: 'pauseAgent',
  method: 'POST',
  path: '/agents/{agent_id}/pause',
  summary: 'Keeps incoming messages in the inbox until resumed.',
  tag: 'agents',
  access: 'token',
  query: empty,
  body: reason,
  responses: { 200: Agent },
});

export const resumeAgent = defineEndpoint({
  name: 'resumeAgent',
  method: 'POST',
  path: '/agents/{agent_id}/resume',
  summary: 'Answers what waited.',
  tag: 'agents',
  access: 'token',
  query: empty,
  body: reason,
  responses: { 200: Agent },
});

export const getIdentity = defineEndpoint({
  name: 'getIdentity',
  method: 'GET',
  path: '/agents/{agent_id}/identity',
  summary: 'The four identity files.',
  tag: 'agents',
  access: 'token',
  query: empty,
  responses: { 200: Identity },
});

export const putIdentity = defineEndpoint({
  name: 'putIdentity',
  method: 'PUT',
  path: '/agents/{agent_id}/identity/{part}',
  summary: 'Replaces one identity file: soul, identity, user or role.',
  tag: 'agents',
  access: 'token',
  query: empty,
  body: z.strictObject({ content: z.string() }),
  responses: { 200: FileDoc },
});

export const getAgentSettings = defineEndpoint({
  name: 'getAgentSettings',
  method: 'GET',
  path: '/agents/{agent_id}/settings',
  summary: 'Settings that change without touching the configuration file.',
  tag: 'agents',
  access: 'token',
  query: empty,
  responses: { 200: AgentSettings },
});

export const updateAgentSettings = defineEndpoint({
  name: 'updateAgentSettings',
  method: 'PATCH',
  path: '/agents/{agent_id}/settings',
  summary: 'Changes the named settings.',
  tag: 'agents',
  access: 'token',
  query: empty,
  body: z.strictObject(AgentSettings.partial().shape),
  responses: { 200: AgentSettings },
});
