/** Our request as an OpenAI chat completion request, as JSON text. */

import type {
  ImagePart,
  LlmMessage,
  LlmRequest,
  SystemSection,
  TextPart,
  ThinkingEffort,
  ToolCallPart,
  ToolSchema,
} from '../../../core/llm.ts';
import { hasWords, imagesOf, resultText, textOf } from '../../history-text.ts';
import { JsonCache } from '../../json-cache.ts';

export interface OpenAiChatOptions {
  /** OpenAI's own endpoint wants `max_completion_tokens`; most others know only the older name. */
  readonly maxTokensField: 'max_tokens' | 'max_completion_tokens';
}

/** The inside of a JSON string, without its quotes, so that sections can be joined into one. */
const sectionTexts = new JsonCache<SystemSection>((section) => JSON.stringify(section.text).slice(1, -1));

const toolTexts = new JsonCache<readonly ToolSchema[]>((tools) =>
  JSON.stringify(
    tools.map(({ name, description, inputSchema }) => ({ type: 'function', function: { name, description, parameters: inputSchema } })),
  ),
);

export function encodeOpenAiChat(request: LlmRequest, options: OpenAiChatOptions): string {
  const effort = effortOf(request.thinkingEffort);
  const tools = request.tools.length > 0 ? `,"tools":${toolTexts.get(request.tools)}` : '';
  const system = encodeSystem(request.system);
  const messages = request.messages.flatMap(encodeMessage).map((message) => JSON.stringify(message));
  return (
    `{"model":${JSON.stringify(request.model)}${tools},"messages":[${[...system, ...messages].join(',')}],` +
    `"stream":true,"stream_options":{"include_usage":true},"${options.maxTokensField}":${request.maxOutputTokens}` +
    `${effort === null ? '' : `,"reasoning_effort":"${effort}"`}}`
  );
}

function encodeSystem(sections: readonly SystemSection[]): string[] {
  const texts = sections.filter((section) => section.text.trim() !== '').map((section) => sectionTexts.get(section));
  return texts.length === 0 ? [] : [`{"role":"system","content":"${texts.join('\\n\\n')}"}`];
}

function encodeMessage(message: LlmMessage): object[] {
  switch (message.role) {
    case 'user':
      return encodeUser(message.content);
    case 'assistant':
      return encodeAssistant(message.content);
    case 'tool': {
      const results = message.content.map((result) => ({ role: 'tool', tool_call_id: result.callId, content: resultText(result) }));
      // The tool role takes text alone, so images follow as a message of the user.
      const images = message.content.flatMap((result) => imagesOf(result.content));
      return images.length === 0 ? results : [...results, { role: 'user', content: images.map(encodeImage) }];
    }
  }
}

function encodeUser(parts: readonly (TextPart | ImagePart)[]): object[] {
  if (parts.every((part) => part.type === 'text')) {
    const content = textOf(parts);
    return content === '' ? [] : [{ role: 'user', content }];
  }
  const content = parts.flatMap((part) => {
    if (part.type === 'image') return [encodeImage(part)];
    return hasWords(part) ? [{ type: 'text', text: part.text }] : [];
  });
  return [{ role: 'user', content }];
}

function encodeImage(image: ImagePart): object {
  return { type: 'image_url', image_url: { url: `data:${image.mimeType};base64,${image.data}` } };
}

/** Reasoning stays behind: this dialect has no place to replay it. */
function encodeAssistant(parts: Extract<LlmMessage, { role: 'assistant' }>['content']): object[] {
  const text = textOf(parts.filter((part) => part.type === 'text'));
  const calls = parts.filter((part) => part.type === 'tool-call').map(encodeCall);
  if (text === '' && calls.length === 0) return [];
  return [{ role: 'assistant', content: text === '' ? null : text, ...(calls.length > 0 ? { tool_calls: calls } : {}) }];
}

function encodeCall(call: ToolCallPart): object {
  return { id: call.id, type: 'function', function: { name: call.name, arguments: JSON.stringify(call.arguments) } };
}

function effortOf(effort: ThinkingEffort | undefined): 'low' | 'medium' | 'high' | null {
  return effort === 'low' || effort === 'medium' || effort === 'high' ? effort : null;
}
