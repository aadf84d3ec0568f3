/** The least a daemon of this kind can do: hono, a SQLite history at the default sync, one streamed model call over fetch per message. The daemon is measured beside it. */

import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { serve } from '@hono/node-server';
import { DatabaseSync } from '@photostructure/sqlite';
import { Hono } from 'hono';
import { requireEnvironment } from './environment.ts';

interface Incoming {
  readonly conversation_id: string;
  readonly content: string;
}

const HISTORY_LIMIT = 100;
const modelUrl = `${requireEnvironment('MODEL_URL')}/chat/completions`;
const systemPrompt = readFileSync(requireEnvironment('SYSTEM_PROMPT_FILE'), 'utf8');

const database = new DatabaseSync(requireEnvironment('DATABASE_FILE'));
database.exec('pragma journal_mode = wal');
database.exec('create table messages (seq integer primary key, conversation text not null, role text not null, content text not null)');
database.exec('create index messages_by_conversation on messages (conversation, seq)');
const insertMessage = database.prepare('insert into messages (conversation, role, content) values (?, ?, ?) returning seq');
const recentMessages = database.prepare('select role, content from messages where conversation = ? order by seq desc limit ?');
const repliesAfter = database.prepare(
  `select seq, content from messages where conversation = ? and role = 'assistant' and seq > ? order by seq`,
);
const replies = new EventEmitter().setMaxListeners(0);

async function callModel(conversation: string): Promise<string> {
  const history = recentMessages.all(conversation, HISTORY_LIMIT).reverse();
  const response = await fetch(modelUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'model', stream: true, messages: [{ role: 'system', content: systemPrompt }, ...history] }),
  });
  if (!response.ok || response.body === null) throw new Error(`model answered ${response.status}`);
  const decoder = new TextDecoder();
  let rest = '';
  let text = '';
  for await (const bytes of response.body) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) text += deltaOf(line);
  }
  return text;
}

function deltaOf(line: string): string {
  if (!line.startsWith('data: ') || line === 'data: [DONE]') return '';
  return JSON.parse(line.slice(6)).choices[0]?.delta?.content ?? '';
}

async function answer(conversation: string): Promise<void> {
  insertMessage.get(conversation, 'assistant', await callModel(conversation));
  replies.emit(conversation);
}

function nextReply(conversation: string, waitMs: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      replies.off(conversation, done);
      resolve();
    };
    const timer = setTimeout(done, waitMs);
    replies.once(conversation, done);
  });
}

const app = new Hono();
app.get('/api/health/ready', (context) => context.json({ status: 'ready' }));
app.post('/send', async (context) => {
  const { conversation_id: conversation, content } = await context.req.json<Incoming>();
  const row = insertMessage.get(conversation, 'user', content);
  answer(conversation).catch((error: unknown) => console.error(error));
  return context.json({ accepted: true, message_id: randomUUID(), conversation_id: conversation, after: Number(row?.seq) }, 202);
});
app.get('/poll/:conversation', async (context) => {
  const conversation = context.req.param('conversation');
  const after = Number(context.req.query('after') ?? 0);
  let found = repliesAfter.all(conversation, after);
  if (found.length === 0) {
    await nextReply(conversation, Number(context.req.query('wait_s') ?? 0) * 1000);
    found = repliesAfter.all(conversation, after);
  }
  return context.json({ conversation_id: conversation, messages: found, next_after: found.at(-1)?.seq ?? after });
});

serve({ fetch: app.fetch, port: Number(requireEnvironment('PORT')), hostname: '127.0.0.1' });

// Also keeps the database reachable: its statements alone do not, and a collected database is a closed one.
process.once('SIGTERM', () => {
  database.close();
  process.exit(0);
});
