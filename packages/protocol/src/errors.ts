/** Every stable error code and the HTTP status it has over the API; a code with status `null` appears only in events, tool results, deliveries and on the command line. */

export const ERROR_STATUS = {
  // Request
  invalid_json: 400,
  invalid_request: 400,
  invalid_cursor: 400,
  invalid_target: 400,
  route_not_found: 404,
  method_not_allowed: 405,
  not_acceptable: 406,
  idempotency_conflict: 409,
  revision_conflict: 409,
  payload_too_large: 413,
  content_too_large: 413,
  unsupported_media_type: 415,
  unsupported_file_type: 415,
  precondition_required: 428,
  rate_limited: 429,
  // Access
  unauthorized: 401,
  bad_signature: 401,
  signature_expired: 401,
  host_not_allowed: 403,
  origin_not_allowed: 403,
  origin_required: 403,
  agent_not_allowed: 403,
  // Lookup
  not_found: 404,
  agent_not_found: 404,
  conversation_not_found: 404,
  message_not_found: 404,
  attachment_not_found: 404,
  worker_not_found: 404,
  branch_not_found: 404,
  memory_not_found: 404,
  association_not_found: 404,
  thread_not_found: 404,
  cron_not_found: 404,
  ingest_not_found: 404,
  skill_not_found: 404,
  binding_not_found: 404,
  adapter_not_found: 404,
  delivery_not_found: 404,
  approval_not_found: 404,
  secret_not_found: 404,
  provider_not_found: 404,
  model_not_found: 404,
  // Agents
  agent_exists: 409,
  invalid_agent_id: 400,
  last_agent: 409,
  agent_limit_reached: 409,
  agent_paused: 409,
  // Processes
  worker_finished: 409,
  branch_finished: 409,
  worker_not_interactive: 409,
  worker_limit_reached: null,
  branch_limit_reached: null,
  duplicate_worker_task: null,
  worker_timed_out: null,
  turn_cancelled: null,
  max_turns_reached: null,
  loop_detected: null,
  interrupted: null,
  // Memory
  unknown_memory_type: 400,
  type_required: 400,
  embedding_failed: null,
  reindex_running: 409,
  maintenance_running: 409,
  // Cron, ingest, skills
  cron_exists: 409,
  invalid_cron_expr: 400,
  cron_running: 409,
  config_owned: 409,
  ingest_failed: null,
  skill_exists: 409,
  invalid_skill: 400,
  skill_bundled: 409,
  // Messaging
  adapter_unavailable: 409,
  credentials_invalid: 400,
  binding_exists: 409,
  delivery_not_resendable: 409,
  no_binding: null,
  mention_required: null,
  sender_not_allowed: null,
  place_not_allowed: null,
  queue_full: 429,
  delivery_expired: null,
  duplicate_message: null,
  platform_rate_limited: null,
  platform_forbidden: null,
  platform_unreachable: null,
  message_rejected: null,
  window_closed: null,
  platform_conflict: null,
  // Approvals, policy
  approval_decided: 409,
  approval_expired: 409,
  approval_denied: null,
  policy_denied: null,
  taint_blocked: null,
  command_not_allowed: null,
  command_blocked: null,
  path_outside_workspace: null,
  ssrf_blocked: null,
  leak_blocked: null,
  sandbox_unavailable: 409,
  // Models
  setup_required: 409,
  provider_test_failed: 400,
  provider_unauthorized: null,
  provider_rate_limited: null,
  provider_overloaded: null,
  provider_unreachable: null,
  provider_timeout: null,
  provider_bad_response: null,
  provider_content_filtered: null,
  model_unavailable: null,
  context_overflow: null,
  // Budget
  budget_exceeded: null,
  model_unpriced: 402,
  // Config, secrets
  config_invalid: 400,
  config_write_failed: 500,
  secret_in_use: 409,
  invalid_secret_name: 400,
  secrets_key_missing: 500,
  secrets_key_permissions: 500,
  secrets_corrupt: 500,
  // Process, CLI
  already_running: null,
  not_running: null,
  port_in_use: null,
  data_locked: null,
  start_timeout: null,
  usage: null,
  // Server
  internal: 500,
  storage_error: 500,
  unavailable: 503,
  timeout: 504,
} as const;

export type ErrorCode = keyof typeof ERROR_STATUS;

/** HTTP status for a code; a code that has none of its own answers 500, because reaching a client with it is our mistake. */
export function statusOf(code: ErrorCode): number {
  return ERROR_STATUS[code] ?? 500;
}

/** The body of every answer that is not 2xx. */
export interface ErrorBody {
  readonly error: {
    readonly code: ErrorCode;
    readonly message: string;
    readonly details: Record<string, unknown>;
    readonly request_id: string;
  };
}
