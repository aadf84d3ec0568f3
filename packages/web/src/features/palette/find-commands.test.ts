import { expect, test } from 'vitest';
import { type Command, findCommands } from './find-commands.ts';

const command = (group: string, label: string, detail = ''): Command => ({ id: label, group, label, detail, run: () => {} });
const all = [
  command('Pages', 'Overview'),
  command('Pages', 'Conversations'),
  command('Actions', 'New chat with Élodie'),
  command('Conversations', 'general', 'Discord'),
  command('Conversations', 'new hires', 'Slack'),
];
const labels = (text: string) => findCommands(all, text).map(({ label }) => label);

test('nothing typed lists everything in its order', () => {
  expect(labels('')).toEqual(all.map(({ label }) => label));
});

test('every word must be found, in label or detail, without accents or case', () => {
  expect(labels('elodie chat')).toEqual(['New chat with Élodie']);
  expect(labels('discord')).toEqual(['general']);
  expect(labels('discord slack')).toEqual([]);
});

test('the beginning of a label counts most', () => {
  expect(labels('new')).toEqual(['New chat with Élodie', 'new hires']);
  expect(labels('over')).toEqual(['Overview']);
});

test('a mark before a name does not hide it', () => {
  expect(
    findCommands([command('Agents', 'Librarian', 'reads papers'), command('Conversations', '#papers')], 'pap').map(({ label }) => label),
  ).toEqual(['#papers', 'Librarian']);
});
