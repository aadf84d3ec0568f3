import { expect, test } from 'vitest';
import { agentIdFrom, isAgentId } from './agent-id.ts';

test('a name suggests an id that the server takes', () => {
  expect(agentIdFrom("Élodie's Research!")).toBe('elodies-research');
  expect(agentIdFrom('  42 Things ')).toBe('42-things');
  expect(agentIdFrom('研究')).toBe('');
  for (const name of ['Ops', 'a'.repeat(200), '_x_']) expect(isAgentId(agentIdFrom(name))).toBe(true);
});

test('an id that the server would refuse is refused while typing', () => {
  for (const id of ['', 'Ops', '-a', 'a b', 'a'.repeat(64)]) expect(isAgentId(id)).toBe(false);
});
