import { readFileSync } from 'node:fs';
import { type Route, route } from '../../platform/ports/index.ts';
import { type DemoFile, Enter, Neighbours } from './demo.schema.ts';
import { createDemo, type Demo, type DemoDeps } from './demo.ts';

export type { DemoFile, DemoPerson } from './demo.schema.ts';
export type { Demo } from './demo.ts';

/** The demonstration building's doors and guided day; composed there and nowhere else. */
export function createDemoRoom(deps: DemoDeps): { demo: Demo; routes: readonly Route[] } {
  const demo = createDemo(deps);
  const { name, pin } = demo.resident;
  return {
    demo,
    routes: [
      route({
        method: 'GET',
        path: '/api/demo',
        summary: 'The doors of the demonstration and how far its guided day has come',
        permission: 'public',
        handle: () => ({
          body: {
            doors: ['kiosk', 'phone', 'treasurer', 'maintainer'],
            resident: { name, pin },
            passphrase: deps.file.passphrase,
            guide: deps.store.read((reader) => demo.guide(reader)),
          },
        }),
      }),
      route({
        method: 'POST',
        path: '/api/demo/enter',
        summary: 'Walk in through a door',
        permission: 'public',
        body: Enter,
        handle: async ({ actor, body }) => {
          const { path, deviceToken, sessionToken = null } = await demo.enter(String(body.door), actor.deviceId);
          return { body: { path }, deviceToken, sessionToken };
        },
      }),
      route({
        method: 'POST',
        path: '/api/demo/neighbours',
        summary: 'Some neighbours join the order until it is full',
        permission: 'public',
        movesMoney: true,
        body: Neighbours,
        handle: async ({ body }) => ({ body: { joined: await demo.sendNeighbours(body.orderId) } }),
      }),
    ],
  };
}

/** What was written when the demonstration was founded. */
export const readDemoFile = (path: string): DemoFile => JSON.parse(readFileSync(path, 'utf8')) as DemoFile;
