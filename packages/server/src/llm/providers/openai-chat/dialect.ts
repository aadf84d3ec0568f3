/** OpenAI chat completions: the dialect that most model servers speak. */

import type { WireDialect } from '../../wire-provider.ts';
import { OpenAiChatDecoder, readOpenAiError } from './decode.ts';
import { encodeOpenAiChat, type OpenAiChatOptions } from './encode.ts';

export function openAiChatDialect(options: OpenAiChatOptions): WireDialect {
  return {
    encode: (request) => encodeOpenAiChat(request, options),
    createDecoder: (builder, target) => new OpenAiChatDecoder(builder, target),
    readError: readOpenAiError,
  };
}
