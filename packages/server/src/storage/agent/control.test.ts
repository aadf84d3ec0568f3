import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { patchConversation } from './control.ts';
import { answerOf, CHAT, REPLY_CALL, SpineWorld } from './spine-test-world.ts';

let world: SpineWorld;
beforeEach(() => {
  world = new SpineWorld();
});
afterEach(() => world.close());

describe('commands', () => {
  test('[CH-28] a command is answered at once, beside a running turn and past a full queue', async () => {
    await Promise.all(Array.from({ length: 256 }, () => world.say()));
    const running = await world.claim();
    const { turnId } = await world.spine.runCommand(world.message({ text: '/quiet' }), (unit, conversation) => {
      patchConversation(unit, conversation.id, { settings: { response_mode: 'observe' } });
      return 'Quiet.';
    });
    expect(world.spine.turn(running.turn.id)).toMatchObject({ state: 'running' });
    expect(world.spine.turn(turnId)).toMatchObject({ state: 'completed', cause: 'command', ordinal: 2 });
    expect(world.spine.messagesOfTurn(turnId).map((row) => row.content)).toEqual(['/quiet', 'Quiet.']);
    expect(world.spine.mailboxOfTurn(turnId)).toMatchObject([{ kind: 'control', state: 'done', outcome: 'reply' }]);
    expect(world.spine.conversation(CHAT.id)).toMatchObject({ settings: '{"response_mode":"observe"}' });
    expect(world.rows('SELECT count(*) AS n FROM model_calls WHERE owner_id = ?', turnId)).toEqual([{ n: 0 }]);
  });

  test('[MS-2] a repeated command does its work once', async () => {
    const message = world.message();
    let runs = 0;
    const effect = () => {
      runs += 1;
      return 'ok';
    };
    const first = await world.spine.runCommand(message, effect);
    expect(await world.spine.runCommand(message, effect)).toEqual({ ...first, duplicate: true });
    expect(runs).toBe(1);
  });
});

describe('cancel', () => {
  test('stops the running turn alone, or with all that wait', async () => {
    const [first, second, third] = [await world.say(), await world.say(), await world.say()];
    await world.claim();
    expect(await world.spine.cancelTurns(CHAT.id, 'turn', 'Stopped.')).toEqual([first.turnId]);
    expect((await world.claim()).turn.id).toBe(second.turnId);
    expect(await world.spine.cancelTurns(CHAT.id, 'all', 'Stopped.')).toEqual([second.turnId, third.turnId]);
    expect(world.spine.openTurns(CHAT.id)).toEqual([]);
  });
});

test('[CH-21] a new session leaves the history readable and out of the prompt', async () => {
  await world.talk('old');
  const before = world.spine.conversation(CHAT.id);
  expect(await world.spine.startSession(CHAT.id)).toMatchObject({ session_no: 2, session_from_seq: 3, status_text: null });
  expect(world.spine.conversation(CHAT.id)?.revision).toBe((before?.revision ?? 0) + 1);
  await world.say({ text: 'new' });
  expect((await world.claim()).history.map((row) => row.content)).toEqual(['new']);
  expect(world.spine.messages(CHAT.id, { limit: 10 }).map((row) => [row.content, row.session_no])).toEqual([
    ['old', 1],
    ['Hello.', 1],
    ['new', 2],
  ]);
});

describe('a patch', () => {
  test('[CH-21] changes only what it names', async () => {
    await world.spine.ensureConversation({ ...CHAT, displayName: 'Team' });
    await world.spine.patchConversation(CHAT.id, { settings: { model: 'demo/demo', mode: 'observe' } });
    await world.spine.patchConversation(CHAT.id, { archived: true });
    const row = await world.spine.patchConversation(CHAT.id, { settings: { mode: null } });
    expect(row).toMatchObject({ display_name: 'Team', settings: '{"model":"demo/demo"}', archived_at: world.clock.now(), revision: 4 });
  });

  test('[API-6] a stale one is refused with the revision of now', async () => {
    await world.spine.ensureConversation(CHAT);
    await world.spine.patchConversation(CHAT.id, { displayName: 'A' }, 1);
    const stale = world.spine.patchConversation(CHAT.id, { displayName: 'B' }, 1);
    await expect(stale).rejects.toMatchObject({ code: 'revision_conflict', details: { expected: 1, current: 2 } });
    expect(world.spine.conversation(CHAT.id)?.display_name).toBe('A');
  });

  test('an archived conversation comes back with its next message', async () => {
    await world.spine.ensureConversation(CHAT);
    await world.spine.patchConversation(CHAT.id, { archived: true });
    await world.say();
    expect(world.spine.conversation(CHAT.id)?.archived_at).toBeNull();
  });
});

describe('erase', () => {
  test('[ST-12] a conversation is gone with everything said in it; what it cost stays, without a name on it', async () => {
    const { turnId } = await world.say();
    await world.claim();
    const effects = [world.reply()];
    const call = { isError: false, result: 'Sent.', code: null } as const;
    await world.spine.answerAndEnd(answerOf(turnId, 0, [REPLY_CALL]), call, { ending: 'replied', error: null, effects });
    await world.spine.addAttachment(CHAT, { id: 'f1', filename: 'a.txt', mimeType: 'text/plain', size: 1, sha256: 'a'.repeat(64) });
    await world.say({ conversation: { ...CHAT, id: 'webhook:other' } });
    await world.spine.eraseConversation(CHAT.id);
    expect(world.counts()).toEqual({
      messages: 1,
      mailbox: 1,
      turns: 1,
      steps: 0,
      tool_calls: 0,
      outbox: 0,
      model_calls: 1,
      events: 1,
    });
    expect(world.spine.attachment('f1')).toBeUndefined();
    expect(world.rows('SELECT conversation_id, sender, cost_micro_usd FROM model_calls')).toEqual([
      { conversation_id: null, sender: null, cost_micro_usd: 7 },
    ]);
    await expect(world.spine.eraseConversation(CHAT.id)).rejects.toMatchObject({ code: 'conversation_not_found' });
  });

  test('[ST-12] an erased message leaves its place in the order and none of its words', async () => {
    const turnId = await world.talk('question', 'secret');
    const answer = world.spine.messagesOfTurn(turnId).at(-1);
    const [delivery] = world.spine.deliveriesOfTurn(turnId);
    await world.spine.sent(delivery?.id ?? '', { state: 'delivered', platformMessageId: null });
    await world.spine.eraseMessage(CHAT.id, answer?.id ?? '');
    expect(world.spine.message(answer?.id ?? '')).toMatchObject({ content: '', seq: 2, deleted_at: world.clock.now() });
    expect(world.spine.delivery(delivery?.id ?? '')?.body).toBe('{}');
    expect(world.spine.messages(CHAT.id, { limit: 10 }).map((row) => row.content)).toEqual(['question']);
    expect(world.spine.events(0, 100).at(-1)).toMatchObject({ type: 'message_deleted', data: `{"message_id":"${answer?.id}"}` });
    await expect(world.spine.eraseMessage(CHAT.id, answer?.id ?? '')).rejects.toMatchObject({ code: 'message_not_found' });
  });
});

test('[CH-25] what an operator says enters the history and goes out once per key', async () => {
  const message = { text: 'From a person.', replyToId: null, key: 'k' };
  const id = await world.spine.operatorSend(CHAT, message);
  expect(await world.spine.operatorSend(CHAT, message)).toBe(id);
  expect(world.spine.messages(CHAT.id, { limit: 10 })).toMatchObject([
    { role: 'assistant', content: 'From a person.', author_id: 'operator' },
  ]);
  expect(world.spine.headOfPlace('webhook', CHAT.id)).toMatchObject({ id, turn_id: null });
  const anew = { ...message, key: null };
  expect(await world.spine.operatorSend(CHAT, anew)).not.toBe(await world.spine.operatorSend(CHAT, anew));
});

test('[CH-27] a message erased before its turn began takes the turn with it, unless others wait in the same turn', async () => {
  const gather = () => world.clock.now() + 1_000;
  const first = await world.say({ gather });
  const second = await world.say({ gather });
  await world.spine.eraseMessage(CHAT.id, first.messageId);
  expect(world.spine.turn(first.turnId)?.state).toBe('gathering');
  await world.spine.eraseMessage(CHAT.id, second.messageId);
  expect(world.spine.turn(first.turnId)).toMatchObject({ state: 'cancelled', error_code: 'turn_cancelled' });
});
