/** The bytes of an attachment, always as a download: what people send must not run on the page's origin. */

import type { AttachmentContent } from '../app/api-services.ts';
import type { Answer } from './exchange.ts';

export function answerAttachment({ filename, mimeType, size, content }: AttachmentContent): Answer {
  return {
    status: 200,
    text: content,
    headers: {
      'Content-Type': mimeType,
      'Content-Length': String(size),
      'Content-Disposition': `attachment; filename="${asciiName(filename)}"; filename*=UTF-8''${encodeRfc5987(filename)}`,
      'Content-Security-Policy': "default-src 'none'; sandbox",
    },
  };
}

function asciiName(name: string): string {
  return name.replace(/[^\x20-\x7e]|["\\]/g, '_');
}

function encodeRfc5987(name: string): string {
  return encodeURIComponent(name).replace(/['()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
