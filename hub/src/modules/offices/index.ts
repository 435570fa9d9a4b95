import type { OfficerKeys, OfficerMessages, Room } from '../../platform/ports/index.ts';
import { officerKeysRoutes } from './officer-keys.routes.ts';
import { createOfficerDesk } from './officer-keys.ts';
import { createOfficeLanes } from './offices.lanes.ts';
import { officeRoutes } from './offices.routes.ts';
import { officeChangeOfIntent } from './offices.store.ts';
import { createOffices, type OfficesDeps, operationOf } from './offices.ts';

export type { OfficeChangeView, OfficerKeysView } from './offices.schema.ts';

export interface OfficesRoomDeps extends OfficesDeps {
  /** Of the demonstration, whose hub holds officers' keys. */
  readonly keys?: OfficerKeys;
  readonly messages: () => readonly OfficerMessages[];
}

/** The offices that keys hold on chain, and how the board gives, takes and changes them. */
export function createOfficesRoom(deps: OfficesRoomDeps): Room {
  const { store, clock, keys } = deps;
  const offices = createOffices(deps);
  return {
    routes: [
      ...officeRoutes({ store, offices }),
      ...officerKeysRoutes({
        held: keys && { keys, desk: createOfficerDesk({ ...deps, keys }) },
        nowMs: () => clock.nowMs(),
      }),
    ],
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
