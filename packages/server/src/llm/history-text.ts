/** Small readings of messages that every dialect needs. */

import type { ImagePart, TextPart, ToolResultPart } from '../core/llm.ts';

/** Providers refuse text that is empty or blank. */
export function hasWords(part: TextPart): boolean {
  return part.text.trim() !== '';
}

export function textOf(parts: readonly (TextPart | ImagePart)[]): string {
  return parts.flatMap((part) => (part.type === 'text' && hasWords(part) ? [part.text] : [])).join('\n');
}

export function imagesOf(parts: readonly (TextPart | ImagePart)[]): ImagePart[] {
  return parts.filter((part) => part.type === 'image');
}

/** For dialects without an error flag on results. */
export function resultText(result: ToolResultPart): string {
  const text = textOf(result.content);
  if (result.isError) return `Error: ${text || 'the tool failed.'}`;
  return text || (imagesOf(result.content).length > 0 ? 'See the image below.' : 'Done.');
}
