/** Who may write to a turn: the boot that claimed it, while it runs. */

import { ConflictError } from '../../core/errors.ts';
import type { TurnRow } from './records.ts';
import type { Unit } from './unit.ts';

export function ownedTurn(unit: Unit, turnId: string): TurnRow | undefined {
  return unit.tx.get<TurnRow>("SELECT * FROM turns WHERE id = ? AND owner = ? AND state = 'running'", turnId, unit.runId);
}

export function requireOwned(unit: Unit, turnId: string): TurnRow {
  const turn = ownedTurn(unit, turnId);
  if (!turn) throw new ConflictError('turn_cancelled', 'The turn was ended meanwhile.');
  return turn;
}
