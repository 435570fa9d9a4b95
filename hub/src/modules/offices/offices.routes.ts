import { type Route, route, type Store } from '../../platform/ports/index.ts';
import { officeChangeView } from './office-view.ts';
import { ChangeId, NewBoard, NewOfficeChange } from './offices.schema.ts';
import { listOfficeChanges, officeChangeById } from './offices.store.ts';
import type { Offices } from './offices.ts';

const mostShown = 100;

export function officeRoutes({ store, offices }: { store: Store; offices: Offices }): Route[] {
  const board = { roles: ['board'] } as const;
  const view = (id: string) => store.read((reader) => officeChangeView(reader, officeChangeById(reader, id)!));
  return [
    route({
      method: 'GET',
      path: '/api/office-changes',
      summary: 'Who is to hold an office on chain, or no longer; newest first',
      permission: board,
      handle: () => ({
        body: store.read((reader) => ({
          items: listOfficeChanges(reader, Number.MAX_SAFE_INTEGER, mostShown).map((row) =>
            officeChangeView(reader, row),
          ),
        })),
      }),
    }),
    route({
      method: 'POST',
      path: '/api/office-changes',
      summary: 'Ask the board’s keys to give an office to a key, or to take it',
      permission: board,
      movesMoney: true,
      body: NewOfficeChange,
      handle: async ({ actor, body, idempotencyKey }) => ({
        status: 201,
        body: view(await offices.change(actor, body, idempotencyKey)),
      }),
    }),
    route({
      method: 'POST',
      path: '/api/board',
      summary: 'Ask the board’s keys, and the new board’s, to change the board',
      permission: board,
      movesMoney: true,
      body: NewBoard,
      handle: async ({ actor, body, idempotencyKey }) => ({
        status: 201,
        body: view(await offices.rotate(actor, body, idempotencyKey)),
      }),
    }),
    route({
      method: 'DELETE',
      path: '/api/office-changes/:id',
      summary: 'Take it back before it is sent',
      permission: board,
      params: ChangeId,
      async handle({ actor, params, idempotencyKey }) {
        await offices.withdraw(actor, params.id, idempotencyKey);
        return { status: 204 };
      },
    }),
  ];
}
