/** Limits and forms that code checks without a schema. */

/** Most bytes (UTF-8) of one message. */
export const MAX_CONTENT_BYTES = 65_536;

/** What a portal session may be called; its conversation id is `portal:chat:<agent>:<session>`. */
export const SESSION_ID_PATTERN = /^[A-Za-z0-9_-]{1,64}$/;
