/** Our request as an Anthropic Messages request, as JSON text. */

import type {
  AssistantPart,
  ImagePart,
  LlmMessage,
  LlmRequest,
  SystemSection,
  TextPart,
  ToolResultPart,
  ToolSchema,
} from '../../../core/llm.ts';
import { hasWords } from '../../history-text.ts';
import { JsonCache } from '../../json-cache.ts';
import { canThink, thinkingBudget } from './thinking.ts';

/** The provider accepts at most this many cache marks in one request. */
const MAX_CACHE_MARKS = 4;
const CACHE_MARK = '"cache_control":{"type":"ephemeral"}';

type Block = Record<string, unknown>;
interface Message {
  readonly role: 'user' | 'assistant';
  readonly blocks: Block[];
}

/** The block without its closing brace, so that a cache mark can follow. */
const sectionTexts = new JsonCache<SystemSection>((section) => `{"type":"text","text":${JSON.stringify(section.text)}`);

const toolTexts = new JsonCache<readonly ToolSchema[]>((tools) => {
  const texts = tools.map(({ name, description, inputSchema }) => JSON.stringify({ name, description, input_schema: inputSchema }));
  const last = texts.pop() ?? '';
  return `[${[...texts, `${last.slice(0, -1)},${CACHE_MARK}}`].join(',')}]`;
});

export function encodeAnthropic(request: LlmRequest, provider: string): string {
  const encoded = request.messages.map((message) => encodeMessage(message, provider));
  const marked = markConversation(request.messages, encoded);
  const turns = toTurns(encoded);
  const hasTools = request.tools.length > 0;
  const system = encodeSystem(request.system, MAX_CACHE_MARKS - marked - (hasTools ? 1 : 0));
  const budget = canThink(request.messages, provider) ? thinkingBudget(request.thinkingEffort, request.maxOutputTokens) : null;
  return (
    `{"model":${JSON.stringify(request.model)},"max_tokens":${request.maxOutputTokens},"stream":true` +
    `${hasTools ? `,"tools":${toolTexts.get(request.tools)}` : ''}` +
    `${system === '' ? '' : `,"system":[${system}]`}` +
    `${budget === null ? '' : `,"thinking":{"type":"enabled","budget_tokens":${budget}}`}` +
    `,"messages":[${turns.map((turn) => `{"role":"${turn.role}","content":${JSON.stringify(turn.blocks)}}`).join(',')}]}`
  );
}

/** Of the sections that ask for it, the last ones are marked: a mark covers everything before it. */
function encodeSystem(sections: readonly SystemSection[], marks: number): string {
  const used = sections.filter((section) => section.text.trim() !== '');
  const wished = used.filter((section) => section.cache === true);
  const chosen = new Set(marks > 0 ? wished.slice(-marks) : []);
  return used.map((section) => sectionTexts.get(section) + (chosen.has(section) ? `,${CACHE_MARK}}` : '}')).join(',');
}

/** Roles alternate and begin with the user, as the provider demands; messages of one role in a row become one. */
function toTurns(messages: readonly Message[]): Message[] {
  const turns: Message[] = [];
  for (const { role, blocks } of messages) {
    if (blocks.length === 0) continue;
    const last = turns.at(-1);
    if (last?.role === role) last.blocks.push(...blocks);
    else turns.push({ role, blocks: [...blocks] });
  }
  if (turns[0]?.role === 'assistant') turns.unshift({ role: 'user', blocks: [{ type: 'text', text: '(The conversation continues.)' }] });
  return turns;
}

function encodeMessage(message: LlmMessage, provider: string): Message {
  switch (message.role) {
    case 'user':
      return { role: 'user', blocks: message.content.flatMap(encodeContent) };
    case 'assistant':
      return { role: 'assistant', blocks: message.content.flatMap((part) => encodeAssistantPart(part, provider)) };
    case 'tool':
      return { role: 'user', blocks: message.content.map(encodeResult) };
  }
}

function encodeContent(part: TextPart | ImagePart): Block[] {
  if (part.type === 'image') return [{ type: 'image', source: { type: 'base64', media_type: part.mimeType, data: part.data } }];
  return hasWords(part) ? [{ type: 'text', text: part.text }] : [];
}

function encodeAssistantPart(part: AssistantPart, provider: string): Block[] {
  switch (part.type) {
    case 'text':
      return encodeContent(part);
    case 'tool-call':
      return [{ type: 'tool_use', id: safeId(part.id), name: part.name, input: part.arguments }];
    case 'reasoning':
      // A signature is worth nothing elsewhere, and reasoning without one is refused.
      if (part.provider !== provider) return [];
      if (part.redacted !== undefined) return [{ type: 'redacted_thinking', data: part.redacted }];
      return part.signature === undefined ? [] : [{ type: 'thinking', thinking: part.text, signature: part.signature }];
  }
}

function encodeResult(result: ToolResultPart): Block {
  const content = result.content.flatMap(encodeContent);
  return {
    type: 'tool_result',
    tool_use_id: safeId(result.callId),
    ...(content.length > 0 ? { content } : {}),
    ...(result.isError ? { is_error: true } : {}),
  };
}

/** Ids made by other providers may hold characters that this one refuses. */
function safeId(id: string): string {
  return id.replace(/[^a-zA-Z0-9_-]/g, '_');
}

/**
 * Marks the end of the prefix that the next turn will send again: what stands before the newest message of the user, whose envelope changes, and,
 * while a turn runs through its tools, the newest results. Returns how many marks were set.
 */
function markConversation(messages: readonly LlmMessage[], encoded: readonly Message[]): number {
  const lastSaid = messages.findLastIndex((message) => message.role === 'user');
  const before = markLastBlock(encoded.slice(0, Math.max(lastSaid, 0)));
  const running = lastSaid < messages.length - 1 && markLastBlock(encoded.slice(lastSaid + 1));
  return Number(before) + Number(running);
}

function markLastBlock(messages: readonly Message[]): boolean {
  const canMark = ({ type }: Block) => type !== 'thinking' && type !== 'redacted_thinking';
  const block = messages.findLast(({ blocks }) => blocks.some(canMark))?.blocks.findLast(canMark);
  if (block === undefined) return false;
  block.cache_control = { type: 'ephemeral' };
  return true;
}
