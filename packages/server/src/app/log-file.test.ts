import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ConflictError } from '../core/errors.ts';
import { redact } from '../security/redact.ts';
import { ManualClock } from '../testing/manual-clock.ts';
import { LogFile } from './log-file.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const SECRET = `sk-ant-${'a'.repeat(40)}`;

let directory: string;
let clock: ManualClock;
let terminal: string[];
let file: LogFile;

const open = () =>
  new LogFile({
    instanceDir: directory,
    runId: 'run-1',
    clock,
    terminal: { write: (line) => void terminal.push(line) },
    scrub: redact,
  });

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'spacebot-log-'));
  clock = new ManualClock();
  terminal = [];
  file = open();
});
afterEach(() => {
  file.close();
  rmSync(directory, { recursive: true, force: true });
});

/** The next start finds the file as it was written at this moment of the test's time. */
function reopen(writtenAt = clock.now()): void {
  file.close();
  utimesSync(join(directory, 'logs', 'spacebot.log'), writtenAt / 1000, writtenAt / 1000);
  file = open();
}

const names = () => readdirSync(join(directory, 'logs')).sort();
const read = (name = 'spacebot.log') =>
  readFileSync(join(directory, 'logs', name), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Record<string, unknown> => JSON.parse(line));
const dayOf = (milliseconds: number) => new Date(milliseconds).toISOString().slice(0, 10);

test('[OB-6] a line has its time, level, component, run and known keys on top, the rest under fields', () => {
  file
    .logger('app')
    .component('messaging')
    .error('failed', { turn_id: 't', request_id: 'r', fields: { code: 'x' } });
  expect(read()).toEqual([
    {
      ts: new Date(clock.now()).toISOString(),
      level: 'error',
      component: 'messaging',
      msg: 'failed',
      run_id: 'run-1',
      turn_id: 't',
      request_id: 'r',
      fields: { code: 'x' },
    },
  ]);
  expect(statSync(join(directory, 'logs', 'spacebot.log')).mode & 0o777).toBe(0o600);
});

test('lines below the level are left out, and the level can change while running', () => {
  const log = file.logger('app');
  log.debug('unheard');
  file.configure({ level: 'debug', format: 'json', retentionDays: 14 });
  log.debug('heard');
  log.trace('unheard');
  file.configure({ level: 'error', format: 'json', retentionDays: 14 });
  log.warn('unheard');
  log.error('heard too');
  expect(read().map((line) => line.msg)).toEqual(['heard', 'heard too']);
});

test('[OB-8] a line waits a moment for others, an error does not', () => {
  const log = file.logger('app');
  log.info('one');
  expect(read()).toEqual([]);
  clock.advance(200);
  expect(read()).toHaveLength(1);
  log.info('two');
  log.error('three');
  expect(read()).toHaveLength(3);
  expect(clock.nextIn).toBeNull();
});

test('what waits is written when the log closes', () => {
  file.logger('app').info('last');
  reopen();
  expect(read().map((line) => line.msg)).toEqual(['last']);
});

describe('[NV-12] credentials', () => {
  test.each(['json', 'pretty'] as const)('reach neither the file nor the terminal (%s)', (format) => {
    file.configure({ level: 'info', format, retentionDays: 14 });
    const error = new Error(`refused ${SECRET}`, { cause: new Error(`key ${SECRET}`) });
    file.logger('app').error(`called with ${SECRET}`, { error, fields: { header: `Bearer ${SECRET}` } });
    expect(readFileSync(join(directory, 'logs', 'spacebot.log'), 'utf8')).not.toContain(SECRET);
    expect(terminal.join('')).not.toContain(SECRET);
    expect(terminal.join('')).toContain('[redacted:anthropic]');
  });
});

test('an error keeps its code, its words and what caused it', () => {
  const cause = new TypeError('deep');
  file.logger('app').error('failed', { error: new ConflictError('queue_full', 'Full.', { cause }) });
  file.logger('app').error('failed', { error: 'just words' });
  expect(read()[0]?.error).toMatchObject({ code: 'queue_full', message: 'Full.', cause: { code: 'internal', message: 'deep' } });
  expect(read()[1]?.error).toEqual({ code: 'internal', message: 'just words' });
});

test('people read one short line', () => {
  file.configure({ level: 'info', format: 'pretty', retentionDays: 14 });
  file.logger('app').info('ready', { fields: { port: 1 } });
  expect(terminal[0]).toMatch(/^\d\d:\d\d:\d\d\.\d{3} INFO {2}app: ready \{"fields":\{"port":1\}\}\n$/);
});

describe('[OB-6] rotation', () => {
  test('gives each day its file and forgets those past their time', () => {
    const log = file.logger('app');
    const first = dayOf(clock.now());
    file.configure({ level: 'info', format: 'json', retentionDays: 2 });
    for (let day = 0; day < 4; day += 1) {
      log.error(`day ${day}`);
      clock.advance(DAY_MS);
    }
    log.error('day 4');
    const kept = [2, 1].map((ago) => `spacebot-${dayOf(clock.now() - ago * DAY_MS)}.log`);
    expect(names()).toEqual([...kept, 'spacebot.log']);
    expect(kept.map((name) => read(name).map((line) => line.msg))).toEqual([['day 2'], ['day 3']]);
    expect(read().map((line) => line.msg)).toEqual(['day 4']);
    expect(names()).not.toContain(`spacebot-${first}.log`);
  });

  test('happens at start as well, when the file is of an earlier day', () => {
    file.logger('app').error('old');
    const writtenAt = clock.now();
    clock.advance(DAY_MS);
    reopen(writtenAt);
    expect(existsSync(join(directory, 'logs', `spacebot-${dayOf(writtenAt)}.log`))).toBe(true);
    expect(read()).toEqual([]);
  });

  test('a restart on the same day goes on in the same file', () => {
    file.logger('app').error('one');
    reopen();
    file.logger('app').error('two');
    expect(read().map((line) => line.msg)).toEqual(['one', 'two']);
  });
});
