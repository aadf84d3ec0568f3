/** Repeats, reconnects and files: what is sent twice counts once, and what was missed is told again. */

import { createHash } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import { answering } from '../../src/testing/said.ts';
import { reply, script } from '../../src/testing/scripted-model/script.ts';
import { closeTestWorlds, createTestWorld } from '../../src/testing/test-world.ts';

afterEach(closeTestWorlds);

test('[WH-1] the same key sends the same message once, also after a restart; another content under it is refused', async () => {
  const world = await createTestWorld({ model: answering((asked) => `re: ${asked}`) });
  const first = await world.webhook.says('once', { idempotency_key: 'k1' });
  await world.webhook.heard(1);
  const again = await world.webhook.says('once', { idempotency_key: 'k1' });
  expect(again).toEqual({ ...first, duplicate: true });
  const restarted = await world.restart();
  expect(await restarted.webhook.says('once', { idempotency_key: 'k1' })).toEqual({ ...first, duplicate: true });
  const other = await restarted.webhook.send({ conversation_id: 'talk', content: 'twice', idempotency_key: 'k1' });
  expect(other).toMatchObject({ status: 409, body: { error: { code: 'idempotency_conflict' } } });
  expect(await restarted.webhook.heard()).toEqual(['re: once']);
  expect(restarted.model.requests).toHaveLength(1);
});

test('the portal answers a repeated request with what it answered first', async () => {
  const world = await createTestWorld({ model: answering((asked) => `re: ${asked}`) });
  const first = await world.portal.asks('once', { key: 'p1' });
  expect(await world.portal.asks('once', { key: 'p1' })).toEqual(first);
  expect(await world.portal.history()).toHaveLength(2);
  await expect(world.portal.asks('twice', { key: 'p1' })).rejects.toMatchObject({ status: 409, code: 'idempotency_conflict' });
});

test('[SSE-1] a reader who comes back with the last id sees every event once, then goes on live', async () => {
  const world = await createTestWorld({ model: answering((asked) => `re: ${asked}`) });
  const whole = await world.record();
  await world.portal.asks('one');
  const middle = (await whole.waitFor('turn_completed')).id ?? 0;
  const second = await world.portal.asks('two');
  const late = await world.record(middle);
  const third = await world.portal.asks('three');
  for (const recorder of [whole, late]) await recorder.waitFor('turn_completed', (event) => event.turn_id === third.turn_id);
  const ids = (events: readonly { id: number | null }[]) => events.flatMap(({ id }) => (id === null ? [] : [id]));
  expect(ids(late.seen)).toEqual(ids(whole.seen).filter((id) => id > middle));
  expect(ids(late.seen)).toEqual([...new Set(ids(late.seen))].sort((left, right) => left - right));
  expect(late.seen.some((event) => event.turn_id === second.turn_id && event.type === 'outbound_message')).toBe(true);
});

test('[SSE-1] ids grow over a restart, and the replay reaches back before it', async () => {
  const world = await createTestWorld({ model: answering((asked) => `re: ${asked}`) });
  await world.portal.asks('before');
  const before = (await world.events()).at(-1)?.id ?? 0;
  const again = await world.restart();
  const after = await again.portal.asks('after');
  const recorder = await again.record(0);
  await recorder.waitFor('turn_completed', (event) => event.turn_id === after.turn_id);
  const inbound = recorder.seen.flatMap((event) => (event.type === 'inbound_message' ? [event] : []));
  expect(inbound.map((event) => event.data.message.content)).toEqual(['before', 'after']);
  expect(inbound[1]?.id).toBeGreaterThan(before);
});

test('a position that no longer exists gets a resync, then live events', async () => {
  const world = await createTestWorld();
  const recorder = await world.record(999_999_999);
  await recorder.waitFor('resync');
  await world.portal.asks('hello');
  await recorder.waitFor('turn_completed');
});

test('a file that came through the webhook is kept, told to the model and given back byte for byte', async () => {
  const world = await createTestWorld({ model: script(reply('Thanks for the file.')) });
  const bytes = Buffer.from('Grüße aus der Datei\n');
  const file = { filename: 'notes.txt', mime_type: 'text/plain', data_base64: bytes.toString('base64') };
  await world.webhook.asks('', { attachments: [file] });
  expect(JSON.stringify(world.model.requests[0]?.body)).toContain(`[Attached file: notes.txt, text/plain, ${bytes.length} bytes]`);
  const params = { agent_id: 'main', conversation_id: 'webhook:talk' };
  const { items } = await world.api.call('GET /agents/{agent_id}/channels/{conversation_id}/messages', { params });
  const attachment = items[0]?.attachments[0];
  expect(attachment).toMatchObject({ filename: 'notes.txt', size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') });
  const response = await fetch(`${world.url}${attachment?.url}`, { headers: { Authorization: `Bearer ${world.token}` } });
  expect(response.headers.get('content-disposition')).toContain('attachment');
  expect(Buffer.from(await response.arrayBuffer())).toEqual(bytes);
});

test('a file that was uploaded to the portal is sent with a message', async () => {
  const world = await createTestWorld({ model: script(reply('A fine picture.')) });
  const form = new FormData();
  form.set('file', new Blob([Buffer.from([1, 2, 3])], { type: 'image/png' }), 'dot.png');
  const params = { agent_id: 'main', session_id: 'story' };
  const uploaded = await world.api.call('POST /agents/{agent_id}/portal/{session_id}/attachments', { params, body: form });
  const answer = await world.portal.asks('Look', { attachments: [uploaded.id] });
  expect(answer.message.attachments).toMatchObject([{ id: uploaded.id, filename: 'dot.png', mime_type: 'image/png', size: 3 }]);
  expect(JSON.stringify(world.model.requests[0]?.body)).toContain('[Attached file: dot.png, image/png, 3 bytes]');
  await expect(world.portal.asks('Look', { attachments: ['nothing'] })).rejects.toMatchObject({ code: 'attachment_not_found' });
});
