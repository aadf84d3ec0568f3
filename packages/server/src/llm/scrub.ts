/** Takes credentials out of a provider's error text before anything logs or stores it (LLM-30); people only ever read our own sentences. */

const MAX_LENGTH = 500;
const HIDDEN = '[hidden]';

const RULES: readonly (readonly [RegExp, string])[] = [
  // A URL's user part, and any query: keys travel in both.
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/?#"'<>]*@/gi, `$1${HIDDEN}@`],
  [/\b([a-z][a-z0-9+.-]*:\/\/[^\s?"'<>]+)\?[^\s"'<>]*/gi, `$1?${HIDDEN}`],
  [/\b(bearer|basic|token)\s+[A-Za-z0-9._~+/=-]{6,}/gi, `$1 ${HIDDEN}`],
  [
    /((?:api[_-]?key|x-api-key|access[_-]?token|auth[_-]?token|authorization|secret|password|key provided)["']?\s*[:=]\s*["']?)[^\s"',;}]+/gi,
    `$1${HIDDEN}`,
  ],
  // Vendor prefixes (sk-, sk-ant-, gsk_, xai-, AIza, ghp_, nvapi-, JSON web tokens), also when the vendor has starred the middle out.
  [/\b(?:sk|pk|rk|gsk|xai|ghp|gho|ghs|glpat|nvapi|hf|key|tok)[-_][A-Za-z0-9_*.-]{6,}/g, HIDDEN],
  [/\bAIza[A-Za-z0-9_-]{10,}/g, HIDDEN],
  [/\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_.-]+/g, HIDDEN],
  // Whatever else is long, unbroken and mixed is treated as a secret; losing an opaque id in a log line costs little.
  [/\b(?=[A-Za-z0-9_*-]*[0-9])(?=[A-Za-z0-9_*-]*[A-Za-z])[A-Za-z0-9_*-]{24,}/g, HIDDEN],
];

/** `secrets` are the values in use, removed wherever they stand; the result has at most 500 UTF-16 units and no control characters. */
export function scrubProviderText(text: string, secrets: readonly string[] = []): string {
  let clean = text.slice(0, MAX_LENGTH * 4);
  for (const secret of secrets) if (secret.length >= 4) clean = clean.replaceAll(secret, HIDDEN);
  for (const [pattern, replacement] of RULES) clean = clean.replace(pattern, replacement);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed.
  clean = clean.replace(/[\u0000-\u001f\u007f]+/g, ' ').trim();
  return clean.length > MAX_LENGTH
    ? `${clean
        .slice(0, MAX_LENGTH)
        .replace(/[\ud800-\udbff]$/, '')
        .trimEnd()}…`
    : clean;
}
