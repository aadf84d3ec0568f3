/** Anthropic Messages. */

import type { WireDialect } from '../../wire-provider.ts';
import { AnthropicDecoder, readAnthropicError } from './decode.ts';
import { encodeAnthropic } from './encode.ts';

export const ANTHROPIC_VERSION = '2023-06-01';

/** `provider` is the id whose signed reasoning may be replayed. */
export function anthropicDialect(provider: string): WireDialect {
  return {
    encode: (request) => encodeAnthropic(request, provider),
    createDecoder: (builder, target) => new AnthropicDecoder(builder, target),
    readError: readAnthropicError,
  };
}
