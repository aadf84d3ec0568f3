/** Agents, the four files of their identity, and their settings. */

import * as z from 'zod';
import { ResponseMode } from './channels.ts';
import { Count, Timestamp } from './common.ts';

export const AgentState = z.enum(['ready', 'starting', 'paused', 'error']);
export type AgentState = z.infer<typeof AgentState>;

export const AutonomyLevel = z.enum(['readonly', 'supervised', 'full']);
export type AutonomyLevel = z.infer<typeof AutonomyLevel>;

export const Agent = z
  .object({
    /** `^[a-z0-9][a-z0-9_-]{0,62}$` */
    id: z.string(),
    display_name: z.string(),
    role: z.string(),
    default: z.boolean(),
    state: AgentState,
    paused: z.boolean(),
    pause_reason: z.string().nullable(),
    workspace: z.string(),
    created_at: Timestamp,
    /** The effective routing table: slot to model string. */
    routing: z.record(z.string(), z.unknown()),
    autonomy_level: AutonomyLevel,
    counts: z.object({ conversations: Count, memories: Count, cron_jobs: Count, skills: Count }),
    revision: z.string(),
  })
  .register(z.globalRegistry, { id: 'Agent' });
export type Agent = z.infer<typeof Agent>;

export const IdentityPart = z.enum(['soul', 'identity', 'user', 'role']);
export type IdentityPart = z.infer<typeof IdentityPart>;

export const FileDoc = z
  .object({
    /** `SOUL.md`, `IDENTITY.md`, `USER.md` or `ROLE.md`. */
    name: z.string(),
    content: z.string(),
    exists: z.boolean(),
    updated_at: Timestamp.nullable(),
    revision: z.string(),
  })
  .register(z.globalRegistry, { id: 'FileDoc' });
export type FileDoc = z.infer<typeof FileDoc>;

export const Identity = z
  .object({ soul: FileDoc, identity: FileDoc, user: FileDoc, role: FileDoc })
  .register(z.globalRegistry, { id: 'Identity' });
export type Identity = z.infer<typeof Identity>;

export const WorkerLogMode = z.enum(['errors_only', 'all_separate', 'all_combined']);
export type WorkerLogMode = z.infer<typeof WorkerLogMode>;

export const AgentSettings = z
  .object({ worker_log_mode: WorkerLogMode, home_channel: z.string().nullable(), response_mode: ResponseMode })
  .register(z.globalRegistry, { id: 'AgentSettings' });
export type AgentSettings = z.infer<typeof AgentSettings>;

/** Most bytes (UTF-8) of one identity file. */
export const MAX_IDENTITY_BYTES = 65_536;
