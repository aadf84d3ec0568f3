/** What the demo model says: always labelled, always the same for the same text. */

const LABEL = '[demo model]';
const MAX_ECHO = 600;

const GREETING = `${LABEL} Hello! I am the built-in offline demo model of Spacebot. I understand nothing, I only show that the whole path works: your message was stored, a model was called, and this answer was streamed back to you. Add the key of a real provider to talk to a real assistant.`;

const HELP = `${LABEL} With a real model I answer the people of this conversation. As the offline demo I can only repeat what you write. To go on, set ANTHROPIC_API_KEY or OPENAI_API_KEY, or name a provider under [llm] in config.toml, and start again without --demo.`;

const GREETINGS: ReadonlySet<string> = new Set(['hello', 'hi', 'hey', 'hallo', 'good morning', 'good evening', 'hello there', 'hi there']);
const QUESTIONS: readonly string[] = ['help', 'what can you do', 'who are you', 'what are you', 'how does this work', 'what is this'];

export function composeDemoAnswer(said: string): string {
  const text = lastLines(said);
  const bare = text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s]/gu, '')
    .replace(/\s+/g, ' ')
    .trim();
  if (GREETINGS.has(bare)) return GREETING;
  if (QUESTIONS.some((question) => bare.endsWith(question))) return HELP;
  if (bare === '' && text === '') return `${LABEL} You sent no text, so there is nothing to repeat.`;
  return `${LABEL} You wrote: ${cut(text)}`;
}

/** A message may stand below an envelope of facts in angle brackets; only what the person wrote is repeated. */
function lastLines(said: string): string {
  return said.replace(/<([a-z_-]+)(?:\s[^<>]*)?>[\s\S]*?<\/\1>/g, '').trim();
}

function cut(text: string): string {
  if (text.length <= MAX_ECHO) return text;
  return `${text.slice(0, MAX_ECHO).replace(/[\ud800-\udbff]$/, '')}…`;
}
