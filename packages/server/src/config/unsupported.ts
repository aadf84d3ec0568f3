/** Keys that are typed and checked but that no feature acts on yet; a line goes away when its feature lands. */

import type { KeyPath } from './paths.ts';

/** A prefix covers everything below it; `settings` stands for `defaults` and every `[[agents]]` entry, `*` for one segment. */
const WITHOUT_EFFECT = [
  'telemetry',
  'audit',
  'secrets',
  'llm.openrouter_key',
  'llm.kilo_key',
  'llm.zhipu_key',
  'llm.groq_key',
  'llm.together_key',
  'llm.fireworks_key',
  'llm.deepseek_key',
  'llm.xai_key',
  'llm.mistral_key',
  'llm.gemini_key',
  'llm.nvidia_key',
  'llm.minimax_key',
  'llm.minimax_cn_key',
  'llm.moonshot_key',
  'llm.zai_coding_plan_key',
  'llm.opencode_zen_key',
  'llm.opencode_go_key',
  'llm.github_copilot_key',
  'llm.pricing',
  'llm.provider.*.api_version',
  'llm.provider.*.deployment',
  'messaging.discord',
  'messaging.slack',
  'messaging.telegram',
  'messaging.email',
  'messaging.whatsapp',
  'messaging.matrix',
  'messaging.imessage',
  'messaging.irc',
  'messaging.lark',
  'messaging.dingtalk',
  'messaging.twitch',
  'messaging.signal',
  'messaging.mattermost',
  'messaging.webhook.callback_url',
  'messaging.webhook.instances.*.callback_url',
  'bindings.*.guild_id',
  'bindings.*.workspace_id',
  'bindings.*.team_id',
  'bindings.*.room_id',
  'bindings.*.dm_allowed_users',
  'bindings.*.settings.memory',
  'bindings.*.settings.delegation',
  'bindings.*.settings.save_attachments',
  'settings.max_concurrent_branches',
  'settings.max_concurrent_workers',
  'settings.branch_max_turns',
  'settings.worker_max_turns',
  'settings.history_backfill_count',
  'settings.tool_use_enforcement',
  'settings.worker_log_mode',
  'settings.home_channel',
  'settings.brave_search_key',
  'settings.routing.branch',
  'settings.routing.worker',
  'settings.routing.compactor',
  'settings.routing.cortex',
  'settings.routing.voice',
  'settings.routing.channel_thinking_effort',
  'settings.routing.branch_thinking_effort',
  'settings.routing.worker_thinking_effort',
  'settings.routing.compactor_thinking_effort',
  'settings.routing.cortex_thinking_effort',
  'settings.routing.voice_thinking_effort',
  'settings.routing.task_overrides',
  'settings.compaction',
  'settings.cortex',
  'settings.memory_persistence',
  'settings.embedding',
  'settings.memory',
  'settings.ingestion',
  'settings.warmup',
  'settings.browser',
  'settings.channel.save_attachments',
  'settings.channel.answer_deadline_secs',
  'settings.sandbox',
  'settings.security',
  'settings.budget',
  'agents.*.cron',
  // Keys of the Rust Spacebot.
  'memory_janitor',
  'autonomy',
  'links',
  'groups',
  'humans',
  'mcp',
  'settings.autonomy',
  'settings.opencode',
  'settings.projects',
  'settings.skills',
  'settings.participant_context',
  'settings.working_memory',
  'settings.human_profile_cap',
  'settings.mcp',
  'agents.*.wakes',
  'agents.*.gradient_start',
  'agents.*.gradient_end',
] as const;

/** `api_type` values of `[llm.provider]` that no dialect serves yet. */
export const UNSERVED_API_TYPES: ReadonlySet<string> = new Set(['openai_responses', 'gemini', 'kilo_gateway', 'azure']);

/** Platforms whose bindings load and do nothing. */
export const FOREIGN_PLATFORMS: readonly string[] = ['twitch', 'signal', 'mattermost'];

type Branch = Map<string, Branch>;

let root: Branch | undefined;

function buildTree(): Branch {
  const tree: Branch = new Map();
  for (const line of WITHOUT_EFFECT) {
    for (const full of line.startsWith('settings.')
      ? [line.replace('settings', 'defaults'), line.replace('settings', 'agents.*')]
      : [line]) {
      let branch = tree;
      for (const name of full.split('.')) {
        const next = branch.get(name) ?? new Map();
        branch.set(name, next);
        branch = next;
      }
    }
  }
  return tree;
}

/** True when nothing in this version acts on the key at `path`. */
export function isWithoutEffect(path: KeyPath): boolean {
  root ??= buildTree();
  let branch = root;
  for (const segment of path) {
    const next = branch.get(String(segment)) ?? branch.get('*');
    if (next === undefined) return false;
    if (next.size === 0) return true;
    branch = next;
  }
  return false;
}
