/** A messaging adapter: settings, inbound and outbound as pure functions, a recorded payload, tests, one line in adapters/index.ts. */

import { addEntry, addImport, inOrder } from './edit-list.js';

const ADAPTERS = 'packages/server/src/adapters';

export function adapterPlan(forms) {
  const folder = `${ADAPTERS}/${forms.kebab}`;
  return {
    files: {
      [`${folder}/index.ts`]: index(forms),
      [`${folder}/settings.ts`]: settings(forms),
      [`${folder}/inbound.ts`]: inbound(forms),
      [`${folder}/outbound.ts`]: outbound(forms),
      [`${folder}/${forms.kebab}-adapter.ts`]: adapter(forms),
      [`${folder}/fixtures/direct-message.json`]: `${JSON.stringify(FIXTURE, null, 2)}\n`,
      [`${folder}/${forms.kebab}.test.ts`]: test(forms),
    },
    edits: {
      [`${ADAPTERS}/index.ts`]: inOrder(
        addImport(`import { ${forms.camel} } from './${forms.kebab}/index.ts';`),
        addEntry('return [', ']', forms.camel),
      ),
    },
    next: [
      `replace the payload in ${folder}/fixtures by recorded ones and fit inbound.ts to them`,
      `write the settings as [messaging.${forms.kebab}] into packages/server/src/config/schema/messaging.ts, or fit settings.ts to what is there`,
      'docs/recipes/adapter.md goes through the rest',
    ],
  };
}

const FIXTURE = { id: 'm-1', chat: 'c-1', from: { id: 'u-1', name: 'Alice' }, text: 'Hello', sent_at: 1_700_000_000_000 };

const index = ({ kebab, camel, pascal, label }) => `/** ${label} as a messaging platform. */

import type { AdapterDefinition } from '../../core/messaging-adapter.ts';
import { ${pascal}Adapter } from './${kebab}-adapter.ts';
import { type ${pascal}Settings, ${camel}Settings } from './settings.ts';

export const ${camel}: AdapterDefinition<${pascal}Settings> = {
  platform: '${kebab}',
  label: '${label}',
  settings: ${camel}Settings,
  create: (key, settings, host) => new ${pascal}Adapter(key, settings, host),
};
`;

const settings = ({ pascal, camel, label }) => `/** What one account on ${label} is configured by. */

import * as z from 'zod';

export const ${camel}Settings = z.object({
  api_base_url: z.url(),
  token: z.string().optional(),
});

export type ${pascal}Settings = z.output<typeof ${camel}Settings>;
`;

const inbound = ({ kebab, pascal, label }) => `/** Turns a payload of ${label} into our message; pure, so that recorded payloads test it. */

import * as z from 'zod';
import { type AdapterKey, type ConversationId, trusted } from '../../core/ids.ts';
import type { InboundMessage } from '../../core/messages.ts';

const payload = z.object({
  id: z.string(),
  chat: z.string(),
  from: z.object({ id: z.string(), name: z.string() }),
  text: z.string(),
  sent_at: z.int(),
});

/** Throws \`z.ZodError\` for what is not a message. */
export function to${pascal}Message(key: AdapterKey, raw: unknown): InboundMessage {
  const { id, chat, from, text, sent_at: receivedAt } = payload.parse(raw);
  return {
    address: { adapterKey: key, conversationId: trusted<ConversationId>(\`${kebab}:\${encodeURIComponent(chat)}\`) },
    platformMessageId: id,
    sender: { id: from.id, name: from.name, isBot: false },
    place: { isDirect: true, channelId: chat },
    text,
    files: [],
    addressed: 'direct',
    receivedAt,
  };
}
`;

const outbound = ({ pascal, label }) => `/** What ${label} is sent for each durable item. */

import type { OutboundItem } from '../../core/messages.ts';

export interface ${pascal}Body {
  readonly text: string;
}

export function to${pascal}Body(item: OutboundItem): ${pascal}Body {
  return { text: item.type === 'reaction' ? item.emoji : item.text };
}
`;

const adapter = ({ pascal, label }) => `/** One account on ${label}: receives by long poll, sends by post. */

import * as z from 'zod';
import { DeliveryError } from '../../core/errors.ts';
import type { AdapterKey } from '../../core/ids.ts';
import type { DeliveryReceipt, DeliveryRequest } from '../../core/messages.ts';
import type { AdapterCapabilities, AdapterHost, MessagingAdapter } from '../../core/messaging-adapter.ts';
import { to${pascal}Message } from './inbound.ts';
import { to${pascal}Body } from './outbound.ts';
import type { ${pascal}Settings } from './settings.ts';

const updates = z.array(z.unknown());
const sentMessage = z.object({ id: z.string() });

export class ${pascal}Adapter implements MessagingAdapter {
  readonly capabilities: AdapterCapabilities = {
    edit: false,
    typing: false,
    reactions: false,
    threads: false,
    filesIn: false,
    filesOut: false,
    buttons: false,
    history: false,
    text: { limit: 4_000, unit: 'characters' },
    reconcile: 'none',
  };
  readonly #key: AdapterKey;
  readonly #settings: ${pascal}Settings;
  readonly #host: AdapterHost;

  constructor(key: AdapterKey, settings: ${pascal}Settings, host: AdapterHost) {
    this.#key = key;
    this.#settings = settings;
    this.#host = host;
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const response = await fetch(new URL('updates', this.#settings.api_base_url), { headers: this.#headers(), signal });
      this.#host.reportState('connected');
      for (const update of updates.parse(await response.json())) await this.#host.receive(to${pascal}Message(this.#key, update));
    }
  }

  /** A refusal before the body was read is final; whatever happens after it leaves the outcome in doubt. */
  async deliver({ address, part, key }: DeliveryRequest, signal: AbortSignal): Promise<DeliveryReceipt> {
    const body = JSON.stringify({ conversation: address.conversationId, key, ...to${pascal}Body(part.item) });
    const response = await fetch(new URL('messages', this.#settings.api_base_url), { method: 'POST', headers: this.#headers(), body, signal });
    if (response.status >= 500) throw new DeliveryError('ambiguous', 'platform_unreachable', '${label} did not say whether it took the message.');
    if (!response.ok) throw new DeliveryError('permanent', 'message_rejected', \`${label} refused the message (\${response.status}).\`);
    return { platformMessageId: sentMessage.parse(await response.json()).id };
  }

  #headers(): Record<string, string> {
    const { token } = this.#settings;
    return { 'content-type': 'application/json', ...(token === undefined ? {} : { authorization: \`Bearer \${token}\` }) };
  }
}
`;

const test = ({ kebab, pascal, label }) => `import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type AdapterKey, trusted } from '../../core/ids.ts';
import { to${pascal}Message } from './inbound.ts';
import { to${pascal}Body } from './outbound.ts';

const key = trusted<AdapterKey>('${kebab}');
const recorded: unknown = JSON.parse(readFileSync(new URL('fixtures/direct-message.json', import.meta.url), 'utf8'));

test('a direct message of ${label} keeps its id, sender and text', () => {
  expect(to${pascal}Message(key, recorded)).toMatchObject({
    address: { adapterKey: '${kebab}', conversationId: '${kebab}:c-1' },
    platformMessageId: 'm-1',
    sender: { id: 'u-1', name: 'Alice' },
    text: 'Hello',
    addressed: 'direct',
  });
});

test('what is not a message is refused', () => {
  expect(() => to${pascal}Message(key, { id: 1 })).toThrow();
});

test('a reply is sent as its text', () => {
  expect(to${pascal}Body({ type: 'text', text: 'Hi', inReplyTo: null })).toEqual({ text: 'Hi' });
});
`;
