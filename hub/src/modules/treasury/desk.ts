import type { Reader, Room, SeatNumber, Store } from '../../platform/ports/index.ts';
import type { Workers } from '../../platform/workers.ts';
import { bankRoutes } from './bank/bank.routes.ts';
import { createBank } from './bank/bank.ts';
import type { Treasury } from './treasury.ts';

export interface DeskDeps {
  readonly store: Store;
  readonly treasury: Treasury;
  readonly workers: Pick<Workers, 'run'>;
  readonly nameOf: (reader: Reader, seat: SeatNumber) => string | undefined;
  readonly namesOfSeats: (reader: Reader) => readonly { seat: SeatNumber; name: string }[];
}

/** What the treasurer works with beside deposits and settling: the bank's files, the till, books and their checks. */
export function createDesk(deps: DeskDeps): Room {
  const { store, treasury, workers, nameOf } = deps;
  const bank = createBank({ store, treasury, workers, payers: deps.namesOfSeats, checkSubject: () => {} });
  return { routes: [...bankRoutes({ store, bank, nameOf })] };
}
