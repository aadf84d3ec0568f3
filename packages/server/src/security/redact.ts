/** Takes credentials out of text that is written down: known token forms and URLs with a user part become `[redacted:<kind>]`. */

interface RedactionRule {
  readonly kind: string;
  readonly pattern: RegExp;
}

/** Vendor forms by their fixed prefix; lengths are lower bounds, so that a longer new form still matches. */
const RULES: readonly RedactionRule[] = [
  { kind: 'spacebot', pattern: /\bsbt_[A-Za-z0-9_-]{20,}/g },
  { kind: 'anthropic', pattern: /\bsk-ant-[A-Za-z0-9_-]{10,}/g },
  { kind: 'openrouter', pattern: /\bsk-or-[A-Za-z0-9_-]{10,}/g },
  { kind: 'openai', pattern: /\bsk-[A-Za-z0-9_-]{16,}/g },
  { kind: 'github', pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{16,}|github_pat_[A-Za-z0-9_]{16,})/g },
  { kind: 'google', pattern: /\bAIza[A-Za-z0-9_-]{20,}/g },
  { kind: 'slack', pattern: /\bx(?:ox[abeprs]|app)-[A-Za-z0-9-]{10,}/g },
  { kind: 'discord', pattern: /\b[MNO][A-Za-z0-9_-]{22,}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{25,}/g },
  { kind: 'telegram', pattern: /\b\d{8,10}:[A-Za-z0-9_-]{35}\b/g },
  { kind: 'brave', pattern: /\bBSA[A-Za-z0-9_-]{20,}/g },
  { kind: 'jwt', pattern: /\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]+/g },
  { kind: 'bearer', pattern: /(?<=\b[Bb]earer )[A-Za-z0-9._~+/=-]{8,}/g },
  { kind: 'url_credentials', pattern: /(?<=:\/\/)[^\s/?#"'@]+:[^\s/?#"'@]+(?=@)/g },
  { kind: 'private_key', pattern: /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g },
];

export function redact(text: string): string {
  return RULES.reduce((clean, { kind, pattern }) => clean.replace(pattern, `[redacted:${kind}]`), text);
}
