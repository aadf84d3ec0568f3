/** How the instance as a whole is doing. */

import * as z from 'zod';
import { AgentState } from './agents.ts';
import { Count, Timestamp } from './common.ts';

export const InstanceState = z.enum(['starting', 'setup', 'running', 'degraded', 'stopping']);
export type InstanceState = z.infer<typeof InstanceState>;

export const AdapterState = z.enum(['disabled', 'starting', 'connected', 'degraded', 'auth_failed', 'error', 'stopped', 'unsupported']);
export type AdapterState = z.infer<typeof AdapterState>;

const AgentStatus = z.object({
  id: z.string(),
  state: AgentState,
  active_turns: Count,
  active_workers: Count,
  active_branches: Count,
  error: z.string().nullable(),
});

const AdapterError = z.object({ code: z.string(), message: z.string(), at: Timestamp });

const AdapterStatus = z.object({
  /** `platform` or `platform:instance`. */
  key: z.string(),
  platform: z.string(),
  instance: z.string().nullable(),
  state: AdapterState,
  last_error: AdapterError.nullable(),
});

const ConfigStatus = z.object({
  path: z.string(),
  loaded_at: Timestamp,
  hash: z.string(),
  error: z.string().nullable(),
  warnings: Count,
  /** Changed keys that wait for a restart. */
  restart_required: z.array(z.string()),
});

export const Status = z
  .object({
    state: InstanceState,
    version: z.string(),
    pid: z.int(),
    started_at: Timestamp,
    uptime_secs: z.number(),
    url: z.string().nullable(),
    instance_dir: z.string(),
    run_id: z.string(),
    paused: z.boolean(),
    agents: z.array(AgentStatus),
    adapters: z.array(AdapterStatus),
    config: ConfigStatus,
    queues: z.object({ inbox: Count, outbox: Count, dead_letters: Count, approvals: Count }),
    embedding: z.object({
      provider: z.string(),
      model: z.string(),
      state: z.enum(['ready', 'loading', 'reindexing', 'degraded', 'error']),
    }),
    sandbox: z.object({ mode: z.string(), available: z.boolean(), backend: z.enum(['bubblewrap', 'sandbox_exec', 'none']) }),
  })
  .register(z.globalRegistry, { id: 'Status' });
export type Status = z.infer<typeof Status>;

export const Health = z.object({ status: z.literal('ok'), version: z.string() }).register(z.globalRegistry, { id: 'Health' });
export type Health = z.infer<typeof Health>;

/** 200 with `ready`, 503 with anything else. */
export const Readiness = z
  .object({ status: z.enum(['ready', 'starting', 'setup', 'degraded', 'stopping']) })
  .register(z.globalRegistry, { id: 'Readiness' });
export type Readiness = z.infer<typeof Readiness>;

export const IdleReport = z
  .object({
    idle: z.boolean(),
    active_turns: Count,
    active_workers: Count,
    active_branches: Count,
    queued_messages: Count,
    next_cron_at: Timestamp.nullable(),
  })
  .register(z.globalRegistry, { id: 'IdleReport' });
export type IdleReport = z.infer<typeof IdleReport>;

export const Session = z
  .object({ authenticated: z.boolean(), method: z.enum(['bearer', 'cookie', 'socket']), expires_at: Timestamp.nullable() })
  .register(z.globalRegistry, { id: 'Session' });
export type Session = z.infer<typeof Session>;
