import type { Room } from '../../platform/ports/index.ts';
import { createOfficeLanes } from './offices.lanes.ts';
import { officeRoutes } from './offices.routes.ts';
import { officeChangeOfIntent } from './offices.store.ts';
import { createOffices, type OfficesDeps, operationOf } from './offices.ts';

export type { OfficeChangeView } from './offices.schema.ts';

/** The offices that keys hold on chain, and how the board gives, takes and changes them. */
export function createOfficesRoom(deps: OfficesDeps): Room {
  const { store, clock } = deps;
  const offices = createOffices(deps);
  return {
    routes: officeRoutes({ store, offices }),
    lanes: createOfficeLanes({
      nowMs: () => clock.nowMs(),
      boardDomain: offices.boardDomain,
      oldBoardOf: (intent) => store.read((reader) => officeChangeOfIntent(reader, intent.id)?.oldBoard ?? []),
      operationOf: (intent) =>
        operationOf(
          store.read((reader) => officeChangeOfIntent(reader, intent.id)),
          intent,
        ),
    }),
    officerMessages: offices,
  };
}
