/** The load driver: sends messages by webhook, waits for each reply by long poll, prints when each was sent and answered. */

import { Agent, request } from 'node:http';
import { requireEnvironment } from './environment.ts';
import type { Exchange, LoadOptions } from './load-options.ts';

interface Sent {
  readonly message_id: string;
  readonly after: number;
}
interface Polled {
  readonly messages: readonly { readonly type?: string; readonly content?: string }[];
}

const options: LoadOptions = JSON.parse(requireEnvironment('LOAD'));
const agent = new Agent({ keepAlive: true, maxSockets: options.conversations * 2 });
const now = () => performance.timeOrigin + performance.now();

function call<Answer>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' };
    const outgoing = request(`${options.url}${path}`, { method, agent, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => {
        if ((response.statusCode ?? 500) >= 300) reject(new Error(`${method} ${path}: ${response.statusCode} ${text}`));
        else resolve(JSON.parse(text));
      });
    });
    outgoing.once('error', reject);
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

async function exchange(conversation: string, round: number): Promise<Exchange> {
  const from = now();
  const sent = await call<Sent>('POST', '/send', { conversation_id: conversation, content: `Message ${round}: what is new?` });
  const polled = await call<Polled>('GET', `/poll/${conversation}?after=${sent.after}&wait_s=30`);
  const to = now();
  const reply = polled.messages[0];
  if (reply === undefined || reply.type === 'error') throw new Error(`no answer in ${conversation}: ${JSON.stringify(polled)}`);
  return { from, to };
}

async function talk(conversation: string, rounds: number): Promise<Exchange[]> {
  const exchanges: Exchange[] = [];
  for (let round = 0; round < rounds; round += 1) exchanges.push(await exchange(conversation, round));
  return exchanges;
}

const rounds = Math.ceil(options.messages / options.conversations);
const talks = Array.from({ length: options.conversations }, (_, index) => talk(`${options.prefix}-${index}`, rounds));
process.stdout.write(JSON.stringify((await Promise.all(talks)).flat()));
agent.destroy();
