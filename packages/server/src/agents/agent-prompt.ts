/** The system prompt of a channel: rebuilt when a file, a template or a setting changed, the same object otherwise. */

import type { AgentConfig } from '../config/snapshot.ts';
import type { IdentityFiles } from '../conversations/identity-files.ts';
import type { PromptTemplates } from '../conversations/prompt-templates.ts';
import type { SystemSection } from '../core/llm.ts';
import type { Place } from '../core/messages.ts';

export interface PromptPlace {
  readonly platform: string;
  readonly name: string | null;
  readonly place: Place;
}

interface CachedPrompt {
  readonly stamp: string;
  /** Shared by turns that begin while it is still being rendered. */
  readonly sections: Promise<readonly SystemSection[]>;
}

/** Prompts of different places kept at once; direct talks of one platform share theirs. */
const CACHE_LIMIT = 64;

export class AgentPrompt {
  readonly #templates: PromptTemplates;
  readonly #identity: IdentityFiles;
  readonly #cache = new Map<string, CachedPrompt>();

  constructor(templates: PromptTemplates, identity: IdentityFiles) {
    this.#templates = templates;
    this.#identity = identity;
  }

  /** Rejects with `StorageError` when an identity file cannot be read. */
  async sections(agent: AgentConfig, at: PromptPlace): Promise<readonly SystemSection[]> {
    const { stamp: identityStamp, texts } = this.#identity.read();
    const place = {
      platform: at.platform,
      name: at.place.isDirect ? null : at.name,
      server: at.place.serverName ?? null,
      is_direct: at.place.isDirect,
    };
    const key = JSON.stringify(place);
    const stamp = [identityStamp, this.#templates.stamp('channel', agent.directory), agent.displayName, agent.role ?? ''].join('\n');
    const known = this.#cache.get(key);
    if (known?.stamp === stamp) return known.sections;
    const variables = {
      agent: { name: agent.displayName, role: agent.role },
      place,
      soul: texts.soul,
      identity: texts.identity,
      user: texts.user,
      duties: texts.role,
    };
    const sections = this.#templates
      .render('channel', agent.directory, variables)
      .then((text): readonly SystemSection[] => [{ name: 'channel', text, cache: true }]);
    this.#remember(key, { stamp, sections });
    return sections;
  }

  #remember(key: string, prompt: CachedPrompt): void {
    this.#cache.delete(key);
    this.#cache.set(key, prompt);
    const oldest = this.#cache.keys().next();
    if (this.#cache.size > CACHE_LIMIT && !oldest.done) this.#cache.delete(oldest.value);
  }
}
