import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CliTestWorld, type DaemonRequest, sendError, sendEvent } from '../cli-test-world.ts';

const PORTAL = 'POST /agents/main/portal/cli/messages';
const USAGE = {
  input_tokens: 3,
  output_tokens: 2,
  cache_read_tokens: 0,
  cache_write_tokens: 0,
  reasoning_tokens: 0,
  requests: 1,
  cost_usd: 0,
  cost_status: 'unknown',
};

let world: CliTestWorld;
beforeEach(async () => {
  world = new CliTestWorld();
  world.answer('GET /agents', { items: [{ id: 'ops' }, { id: 'main', default: true }], next_cursor: null });
  await world.startDaemon();
});
afterEach(() => world.close());

const message = (id: string, content: string) => ({ id, role: 'assistant', content, attachments: [] });
const delta = (response: ServerResponse, id: string, text: string) =>
  sendEvent(response, 'outbound_message_delta', { message_id: id, index: 0, delta: text });
const say = (response: ServerResponse, id: string, content: string) =>
  sendEvent(response, 'outbound_message', { message: message(id, content), replaced: false, partial: false });

function complete(response: ServerResponse, state = 'completed'): void {
  sendEvent(response, 'turn_completed', { turn_id: 't1', state, messages: [], usage: USAGE, duration_ms: 5 });
  response.end();
}

function fail(response: ServerResponse, code: string): void {
  sendEvent(response, 'turn_failed', { turn_id: 't1', error: { code, message: 'It did not work.' }, retryable: true, usage: USAGE });
  response.end();
}

test('the reply is printed as it streams and ends with one newline', async () => {
  let response: ServerResponse | undefined;
  world.answer(PORTAL, (_: DaemonRequest, answer: ServerResponse) => {
    response = answer;
    delta(answer, 'a', 'Hello');
  });
  const run = world.run(['chat', '-m', 'hi']);
  await run.printed('Hello');
  if (response === undefined) throw new Error('no request came');
  delta(response, 'a', ', you.');
  say(response, 'a', 'Hello, you.');
  complete(response);
  expect(await run.finished).toEqual({ code: 0, stdout: 'Hello, you.\n', stderr: '' });
  expect(world.requests.at(-1)).toMatchObject({ body: { content: 'hi' }, headers: { accept: 'text/event-stream' } });
});

test('a reply whose deltas were lost is completed, one that was replaced is printed again, several stand on lines of their own', async () => {
  world.answer(PORTAL, (_: DaemonRequest, response: ServerResponse) => {
    delta(response, 'a', 'One');
    say(response, 'a', 'One and a half');
    say(response, 'b', 'Two');
    delta(response, 'c', 'Thr');
    say(response, 'c', 'Four');
    complete(response);
  });
  expect(await world.spacebot('chat', '-m', 'hi')).toMatchObject({ code: 0, stdout: 'One and a half\nTwo\nThr\nFour\n' });
});

test('--no-stream prints the complete answer only', async () => {
  world.answer(PORTAL, (_: DaemonRequest, response: ServerResponse) => {
    delta(response, 'a', 'Hel');
    say(response, 'a', 'Hello');
    complete(response);
  });
  expect(await world.spacebot('chat', '--no-stream', '-m', 'hi')).toMatchObject({ code: 0, stdout: 'Hello\n' });
});

test('--json prints one document with the messages and what they cost', async () => {
  world.answer(PORTAL, (_: DaemonRequest, response: ServerResponse) => {
    delta(response, 'a', 'Hel');
    say(response, 'a', 'Hello');
    complete(response);
  });
  const { code, stdout } = await world.spacebot('chat', '-m', 'hi', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual({
    conversation_id: 'portal:chat:main:cli',
    turn_id: 't1',
    status: 'completed',
    messages: [message('a', 'Hello')],
    usage: USAGE,
  });
});

test('-m - reads the message from stdin; -a and -s choose agent and conversation', async () => {
  world.answer('POST /agents/ops/portal/night/messages', (_: DaemonRequest, response: ServerResponse) => complete(response));
  const run = world.run(['chat', '-a', 'ops', '-s', 'night', '-m', '-'], { stdin: 'two\nlines\n' });
  expect(await run.finished).toEqual({ code: 0, stdout: '', stderr: '(no reply)\n' });
  expect(world.requests).toMatchObject([{ body: { content: 'two\nlines' } }]);
});

test.each([
  ['provider_overloaded', 1],
  ['agent_not_found', 1],
  ['budget_exceeded', 9],
  ['policy_denied', 9],
])('a failed turn exits 1, one that policy or budget refused exits 9: %s', async (code, exit) => {
  world.answer(PORTAL, (_: DaemonRequest, response: ServerResponse) => fail(response, code));
  expect(await world.spacebot('chat', '-m', 'hi')).toEqual({ code: exit, stdout: '', stderr: 'error: It did not work.\n' });
  const json = await world.spacebot('chat', '-m', 'hi', '--json');
  expect({ ...json, stderr: JSON.parse(json.stderr) }).toEqual({
    code: exit,
    stdout: '',
    stderr: { error: { code, message: 'It did not work.', details: { turn_id: 't1' } } },
  });
});

test('a refusal before the turn has the status of its code', async () => {
  world.answer(PORTAL, (_: DaemonRequest, response: ServerResponse) => sendError(response, 409, 'setup_required', 'No provider.'));
  expect(await world.spacebot('chat', '-m', 'hi')).toEqual({ code: 6, stdout: '', stderr: 'error: No provider.\n' });
});

test('no answer in time exits 8 and says where the answer will be', async () => {
  world.answer(PORTAL, (_: DaemonRequest, response: ServerResponse) => delta(response, 'a', 'Well'));
  const { code, stdout, stderr } = await world.spacebot('chat', '-m', 'hi', '--timeout', '0.2');
  expect({ code, stdout }).toEqual({ code: 8, stdout: 'Well\n' });
  expect(stderr).toContain('spacebot channels messages portal:chat:main:cli');
});

test('a stream that breaks off is a failure, not an answer', async () => {
  let response: ServerResponse | undefined;
  world.answer(PORTAL, (_: DaemonRequest, answer: ServerResponse) => {
    response = answer;
    delta(answer, 'a', 'Well');
  });
  const run = world.run(['chat', '-m', 'hi']);
  await run.printed('Well');
  response?.destroy();
  expect(await run.finished).toEqual({ code: 1, stdout: 'Well\n', stderr: 'error: The connection to spacebot was lost.\n' });
});

test('a daemon that hangs up before it answers is not called absent', async () => {
  world.answer(PORTAL, (_: DaemonRequest, response: ServerResponse) => void response.destroy());
  expect(await world.spacebot('chat', '-m', 'hi')).toMatchObject({ code: 1, stderr: 'error: The connection to spacebot was lost.\n' });
});

test('Ctrl-C cancels the running turn, then exits 130', async () => {
  world.answer(PORTAL, (_: DaemonRequest, response: ServerResponse) => delta(response, 'a', 'Well'));
  world.answer('POST /agents/main/portal/cli/cancel', { cancelled: true });
  const run = world.run(['chat', '-m', 'hi']);
  await run.printed('Well');
  run.raise('SIGINT');
  expect(await run.finished).toMatchObject({ code: 130, stdout: 'Well\n' });
  expect(world.requests.at(-1)).toMatchObject({ method: 'POST', path: '/agents/main/portal/cli/cancel' });
});

test('without -m every line is a message, slash commands too, and the end of the input ends it', async () => {
  world.answer(PORTAL, ({ body }: DaemonRequest, response: ServerResponse) => {
    say(response, 'a', `You said ${JSON.stringify(body)}`);
    complete(response);
  });
  const { code, stdout } = await world.run(['chat'], { stdin: 'hello\n\n/status\n' }).finished;
  expect({ code, stdout }).toEqual({ code: 0, stdout: 'You said {"content":"hello"}\nYou said {"content":"/status"}\n' });
});

test('a failed turn does not end the conversation', async () => {
  let count = 0;
  world.answer(PORTAL, (_: DaemonRequest, response: ServerResponse) => {
    count += 1;
    if (count === 1) return fail(response, 'provider_overloaded');
    say(response, 'a', 'Better');
    complete(response);
  });
  const result = await world.run(['chat'], { stdin: 'one\ntwo\n' }).finished;
  expect(result).toEqual({ code: 0, stdout: 'Better\n', stderr: 'error: It did not work.\n' });
});

test('what a model writes cannot command the terminal', async () => {
  const controlStart = String.fromCharCode(27);
  world.answer(PORTAL, (_: DaemonRequest, response: ServerResponse) => {
    say(response, 'a', `${controlStart}[2Jgone\tok`);
    complete(response);
  });
  expect((await world.run(['chat', '-m', 'hi'], { terminal: true }).finished).stdout).toBe('[2Jgone\tok\n');
});
