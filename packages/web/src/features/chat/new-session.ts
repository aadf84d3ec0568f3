/** Names for new chats and for attempts to send. */

/** Fits the server's rule for session ids; short enough to be read aloud. */
export function newSessionId(): string {
  return `web-${randomHex(5)}`;
}

/** An idempotency key: one per message, kept over its attempts. */
export function newKey(): string {
  return `web-${randomHex(16)}`;
}

function randomHex(bytes: number): string {
  return [...crypto.getRandomValues(new Uint8Array(bytes))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
