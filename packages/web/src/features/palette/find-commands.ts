/** Finds commands by what was typed; pure. */

import type { LucideIcon } from 'lucide-react';

export interface Command {
  readonly id: string;
  readonly group: string;
  readonly label: string;
  readonly detail: string;
  readonly icon?: LucideIcon;
  readonly platform?: string;
  readonly run: () => void;
}

/** More than this nobody reads; typing one more letter is faster. */
const SHOWN = 50;

/** Every typed word must begin a word of the label or stand somewhere in label or detail; whole words first, groups kept together. */
export function findCommands(commands: readonly Command[], text: string): readonly Command[] {
  const words = fold(text).split(/\s+/).filter(Boolean);
  const scored = commands.map((command) => ({ command, score: scoreOf(command, words) })).filter(({ score }) => score >= 0);
  const best = new Map<string, number>();
  for (const { command, score } of scored) best.set(command.group, Math.max(best.get(command.group) ?? 0, score));
  const rank = (group: string) => best.get(group) ?? 0;
  const order = [...best.keys()];
  scored.sort(
    (a, b) =>
      rank(b.command.group) - rank(a.command.group) || order.indexOf(a.command.group) - order.indexOf(b.command.group) || b.score - a.score,
  );
  return scored.slice(0, SHOWN).map(({ command }) => command);
}

function scoreOf(command: Command, words: readonly string[]): number {
  const label = fold(command.label);
  const all = `${label} ${fold(command.detail)}`;
  let score = 0;
  for (const word of words) {
    if (label.startsWith(word)) score += 3;
    else if (label.split(/[^\p{L}\p{N}]+/u).some((part) => part.startsWith(word))) score += 2;
    else if (all.includes(word)) score += 1;
    else return -1;
  }
  return score;
}

function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase();
}
