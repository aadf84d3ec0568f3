/** The limit of one message. */

import { MAX_CONTENT_BYTES } from '@spacebot/protocol/limits';
import { InputError } from '../core/errors.ts';

/** Throws `content_too_large`. */
export function checkContentSize(content: string): void {
  if (Buffer.byteLength(content) <= MAX_CONTENT_BYTES) return;
  throw new InputError('content_too_large', `A message holds at most ${MAX_CONTENT_BYTES} bytes.`, {
    details: { limit_bytes: MAX_CONTENT_BYTES },
  });
}
