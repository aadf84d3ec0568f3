/** Every way a turn can end, as people and the history see it. */

import { afterEach, expect, test } from 'vitest';
import { reply, script, text, toolCall, toolCalls } from '../../src/testing/scripted-model/script.ts';
import { closeTestWorlds, createTestWorld } from '../../src/testing/test-world.ts';

afterEach(closeTestWorlds);

test('[CH-29] a decision to stay silent is kept as such: no answer, and the turn is complete', async () => {
  const world = await createTestWorld({ model: script(toolCall('skip', { reason: 'Nothing to add.' }), reply('Now I speak.')) });
  const silent = await world.portal.asks('just thinking aloud');
  expect(silent).toMatchObject({ state: 'completed', messages: [], error: null });
  expect(await world.webhook.asks('and you?')).toMatchObject([{ type: 'message', content: 'Now I speak.' }]);
  expect(world.model.requests).toHaveLength(2);
});

test('a reaction instead of words is an answer', async () => {
  const world = await createTestWorld({ model: script(toolCalls([{ name: 'react', arguments: { emoji: '👍' } }]), text('')) });
  const accepted = await world.webhook.says('Thanks!', { wait_s: 20 });
  expect(accepted.state).toBe('completed');
  expect(await world.webhook.replies()).toMatchObject([
    { type: 'reaction', emoji: '👍', message_id: accepted.message_id, in_reply_to: accepted.message_id },
  ]);
});

test('a reaction and words come in the order in which the model asked for them, in one turn', async () => {
  const world = await createTestWorld({
    model: script(
      toolCalls([
        { name: 'react', arguments: { emoji: '👀' } },
        { name: 'reply', arguments: { content: 'On it.' } },
      ]),
    ),
  });
  expect((await world.webhook.asks('Please look.')).map(({ type }) => type)).toEqual(['reaction', 'message']);
});

test('[CH-20] in quiet mode what is said in a direct conversation is still answered, and the mode is shown', async () => {
  const world = await createTestWorld({ model: script(reply('Still here.')) });
  expect((await world.portal.asks('/quiet')).messages[0]?.content).toContain('I read along');
  expect((await world.portal.asks('hello?')).messages[0]?.content).toBe('Still here.');
  expect((await world.portal.asks('/status')).messages[0]?.content).toContain('Mode: observe');
});

test('[CH-12] a tool call that the model wrote as text is never shown: the model is told, and its real answer goes out', async () => {
  const world = await createTestWorld({
    model: script(text('{"name": "reply", "arguments": {"content": "oops"}}'), reply('The real answer.')),
  });
  expect(await world.webhook.asks('Hi')).toMatchObject([{ type: 'message', content: 'The real answer.' }]);
  expect(JSON.stringify(world.model.requests[1]?.body)).toContain('you wrote a tool call as text');
});

test('[CH-12] after three tool calls written as text people get a notice, and nothing of the syntax', async () => {
  const syntax = text('<tool_call>{"name": "reply", "arguments": {"content": "oops"}}</tool_call>');
  const world = await createTestWorld({ model: script(syntax, syntax, syntax, reply('never asked')) });
  const [notice] = await world.webhook.asks('Hi');
  expect(notice).toMatchObject({ type: 'error', code: 'provider_bad_response' });
  expect(notice?.message).not.toContain('oops');
  expect(world.model.requests).toHaveLength(3);
});

test('[CH-13] an answer that only begins like a tool call is delivered unchanged', async () => {
  const answer = '{"apples": 3} is what the file says.';
  const world = await createTestWorld({ model: script(text(answer)) });
  expect(await world.webhook.asks('What is in the file?')).toMatchObject([{ content: answer }]);
});

test('[CH-7] a turn that finds no end stops at max_turns with a notice, and the next turn knows what was asked', async () => {
  const busy = toolCall('set_status', { status: 'thinking' });
  const world = await createTestWorld({
    config: { more: '[defaults]\nmax_turns = 3\n' },
    model: script(busy, busy, busy, reply('Here it is.')),
  });
  expect(await world.webhook.asks('Find it.')).toMatchObject([{ type: 'error', code: 'max_turns_reached' }]);
  expect(world.model.requests).toHaveLength(3);
  expect(await world.webhook.asks('And?')).toMatchObject([{ content: 'Here it is.' }]);
  expect(JSON.stringify(world.model.requests[3]?.body)).toContain('Find it.');
});

test('[CH-10] a reply with bad arguments goes back to the model, which can try again', async () => {
  const world = await createTestWorld({ model: script(toolCall('reply', { text: 'wrong field' }), reply('Right.')) });
  expect(await world.webhook.asks('Hi')).toMatchObject([{ content: 'Right.' }]);
  expect(JSON.stringify(world.model.requests[1]?.body)).toContain('content');
});

test('a tool that does not exist is explained to the model, not to people', async () => {
  const world = await createTestWorld({ model: script(toolCall('launch_rocket'), reply('I cannot do that.')) });
  expect(await world.webhook.asks('Launch!')).toMatchObject([{ content: 'I cannot do that.' }]);
  expect(JSON.stringify(world.model.requests[1]?.body)).toContain('There is no tool');
});
