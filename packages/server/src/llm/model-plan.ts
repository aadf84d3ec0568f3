/** Which models a call may use, in order: the wished one, then at most three fallbacks, without those that rest or have no key. */

import { LlmError } from '../core/errors.ts';
import type { LlmProvider } from '../core/llm.ts';
import type { Cooldowns } from './cooldowns.ts';
import { closeMatches, formatModelName, parseModelName } from './model-names.ts';
import type { ProviderDirectory } from './providers/index.ts';
import type { ModelRoute } from './routing.ts';

export interface ModelCandidate {
  readonly provider: LlmProvider;
  /** The provider's own name for it. */
  readonly model: string;
  readonly maxAttempts: number;
}

export interface ModelPlan {
  /** Whom the first attempt asks; record it before the stream starts. */
  readonly first: { readonly provider: string; readonly model: string };
  /** In the order of asking, never empty. */
  readonly candidates: readonly ModelCandidate[];
  readonly cooldownMs: number;
}

const MAX_FALLBACKS = 3;

export type RouteModels = Pick<ModelRoute, 'model' | 'isOwnChoice' | 'fallbacks' | 'cooldownMs'>;

/** Throws `LlmError` of kind setup_required or model_unavailable. */
export function planModels(route: RouteModels, directory: ProviderDirectory, cooldowns: Cooldowns): ModelPlan {
  const routed = route.isOwnChoice ? route.model : (directory.modelOfRun() ?? route.model);
  const wished = routed ?? directory.defaultModel();
  if (wished === null) throw setupRequired('', 'No model provider is set up. Add a key, or name a model for the custom provider.');
  const names = [wished, ...fallbacksOf(wished, route.fallbacks).slice(0, MAX_FALLBACKS)];
  const usable = names.flatMap((name) => candidateOf(name, directory) ?? []);
  const awake = usable.filter((candidate) => !cooldowns.isResting({ provider: candidate.provider.id, model: candidate.model }));
  // When all of them rest, asking one is better than refusing.
  const candidates = awake.length > 0 ? awake : usable;
  const [first] = candidates;
  if (first === undefined) throw noCandidate(wished, directory);
  return { first: { provider: first.provider.id, model: first.model }, candidates, cooldownMs: route.cooldownMs };
}

function candidateOf(name: string, directory: ProviderDirectory): ModelCandidate | null {
  const { provider, model } = parseModelName(name);
  const usable = model === '' ? null : directory.get(provider);
  return usable === null ? null : { ...usable, model };
}

/** The table may spell the model as the route does, or in full. */
function fallbacksOf(wished: string, table: ModelRoute['fallbacks']): readonly string[] {
  return table[wished] ?? table[formatModelName(parseModelName(wished))] ?? [];
}

function noCandidate(wished: string, directory: ProviderDirectory): LlmError {
  const { provider, model } = parseModelName(wished);
  switch (directory.absenceOf(provider)) {
    case 'no-key':
      return setupRequired(provider, `The model provider "${provider}" is not set up. Add its key, or choose another model.`);
    case 'demo-off':
      return setupRequired(provider, 'The demo model answers only after a start with --demo.');
    case 'unsupported':
      return unavailable(provider, model, `The api_type of the model provider "${provider}" is not supported yet.`, []);
    case 'unknown': {
      const near = closeMatches(provider, directory.knownIds()).map((id) => `${id}/${model}`);
      const hint = near.length > 0 ? ` Did you mean ${near.map((name) => `"${name}"`).join(' or ')}?` : '';
      return unavailable(provider, model, `No model provider is called "${provider}".${hint}`, near);
    }
  }
}

function setupRequired(provider: string, sentence: string): LlmError {
  return new LlmError('setup_required', sentence, { provider, model: '' });
}

function unavailable(provider: string, model: string, sentence: string, suggestions: readonly string[]): LlmError {
  return new LlmError('model_unavailable', sentence, { provider, model, details: { suggestions } });
}
