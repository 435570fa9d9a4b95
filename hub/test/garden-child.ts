// A garden in a process of its own, to be killed: `garden-child.ts <dir> <publisher's name> [ack-early]`.
import { v7 as uuid } from 'uuid';
import type { Telemetry } from '../src/store/telemetry.ts';
import { gardener, openGardenHouse } from './garden-house.ts';

const [dir, name, sabotage] = process.argv.slice(2);

/** What must be caught: answers before anything is written. */
const ackEarly = (telemetry: Telemetry): Telemetry => ({
  ...telemetry,
  async append(entry) {
    telemetry.append(entry).catch(() => {});
    return entry.readings.map(() => 'stored');
  },
});

const house = await openGardenHouse({ dir, wrap: sabotage === 'ack-early' ? ackEarly : undefined });
const { username, token } = await house.garden.sensors.create(
  { name: name!, publish: ['stoop/kill/#'] },
  { actor: gardener, idempotencyKey: uuid() },
);
process.send!({ url: house.url, username, password: token });
