/** Reads a model request of either dialect back into words that a test can compare. */

import type { IncomingHttpHeaders } from 'node:http';
import type { SeenRequest } from './script.ts';

type Json = Readonly<Record<string, unknown>>;

export function readRequest(path: string, headers: IncomingHttpHeaders, body: Json): SeenRequest {
  const isAnthropic = path.endsWith('/messages');
  const messages = objects(body.messages);
  return {
    dialect: isAnthropic ? 'anthropic' : 'openai-chat',
    path,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value])),
    model: typeof body.model === 'string' ? body.model : '',
    system: isAnthropic
      ? textOf(body.system)
      : messages.flatMap((message) => (message.role === 'system' ? [textOf(message.content)] : [])).join('\n'),
    lastUserText: lastUserText(messages),
    toolNames: objects(body.tools).map((tool) => nameOf(isAnthropic ? tool : object(tool.function))),
    body,
  };
}

function lastUserText(messages: readonly Json[]): string {
  for (const message of messages.toReversed()) {
    const content = message.role === 'user' ? textOf(message.content) : '';
    if (content !== '') return content;
  }
  return '';
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  return objects(content)
    .flatMap((part) => (part.type === 'text' && typeof part.text === 'string' ? [part.text] : []))
    .join('\n');
}

function nameOf(value: Json): string {
  return typeof value.name === 'string' ? value.name : '';
}

function object(value: unknown): Json {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function objects(value: unknown): Json[] {
  return Array.isArray(value) ? value.map(object) : [];
}
