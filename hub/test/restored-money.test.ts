import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { putBack } from '../src/cli/put-back.ts';
import { createRecoveryPaper } from '../src/cli/recovery-paper.ts';
import { takeBackup } from '../src/cli/take-backup.ts';
import { checkBooks } from '../src/journal/index.ts';
import type { Proposal } from '../src/modules/governance/index.ts';
import type { Redemption } from '../src/modules/redemptions/index.ts';
import type { Transfer } from '../src/modules/transfers/index.ts';
import type { Money } from '../src/modules/treasury/treasury.schema.ts';
import { outbox } from '../src/outbox/index.ts';
import type { Lane } from '../src/platform/ports/index.ts';
import { createTestHub, type TestHub } from './support/create-test-hub.ts';
import { createMovableClock } from './support/movable-clock.ts';

const held = ['transfers', 'redemptions', 'proposals', 'votes'];
const dollars = (amount: number): number => amount * 1_000_000;
const dayMs = 86_400_000;

/** Holds them back while `isHeld`: so a backup can be taken between queued and sent. */
const holding = (isHeld: () => boolean) => (lane: Lane) =>
  !held.includes(lane.name)
    ? lane
    : {
        ...lane,
        preflight: async (...args: Parameters<Lane['preflight']>) =>
          isHeld() ? args[0].map(() => ({ verdict: 'not-yet', reason: 'held' }) as const) : lane.preflight(...args),
      };

describe('a store restored from before its transfers, redemptions and votes were sent', { timeout: 300_000 }, () => {
  const elsewhere = mkdtempSync(join(tmpdir(), 'stoop-stick-'));
  const paper = createRecoveryPaper();
  const clock = createMovableClock();
  let house: TestHub;
  let isHeld = true;
  let transferId: string;
  let redemptionId: string;
  let proposalId: string;
  let sums: readonly (readonly [number, number])[];

  const building = () => house.hub.building!;
  const waiting = () => building().store.read((reader) => outbox.waiting(reader));
  const seat = (place: number) => house.people[place]!.seat;
  const phone = (place: number) => house.phone(house.people[place]!);
  const closeWhatIsDue = async () => {
    for (const job of building().jobs)
      if (['proposals.close', 'orders.close'].includes(job.name)) await job.run(AbortSignal.abort());
  };
  const money = async () => {
    // The demonstration's own orders have run out: before and after the restore, whenever their job comes by.
    await closeWhatIsDue();
    const purses: (readonly [number, number])[] = [];
    for (const place of [4, 5, 6, 7, 8]) {
      const { availableMicros, heldMicros } = (await (await phone(place)).get<Money>('/api/money')).body;
      purses.push([availableMicros, heldMicros]);
    }
    return purses;
  };
  async function made<T>(answer: Promise<{ status: number; body: T }>): Promise<T> {
    const { status, body } = await answer;
    assert.ok(status < 300, JSON.stringify(body));
    return body;
  }
  const send = async (from: number, to: number, amount: number) =>
    made((await phone(from)).post<Transfer>('/api/transfers', { toSeat: seat(to), amountMicros: dollars(amount) }));
  const redeem = async (place: number, amount: number) =>
    made((await phone(place)).post<Redemption>('/api/redemptions', { amountMicros: dollars(amount), payTo: 'Cash' }));
  const vote = async (place: number, support: 'for' | 'against', votes: number) =>
    made((await phone(place)).put<Proposal>(`/api/proposals/${proposalId}/ballot`, { support, votes }));

  before(async () => {
    house = await createTestHub({ clock, sabotage: { lane: holding(() => isHeld) } });
    transferId = (await send(4, 5, 5)).id;
    redemptionId = (await redeem(6, 7)).id;
    const wish = { kind: 'text', title: 'A bench', text: 'By the door?', openForDays: 3 };
    proposalId = (await made((await phone(3)).post<Proposal>('/api/proposals', wish))).id;
    await vote(4, 'for', 2);
    await vote(5, 'against', 1);
    clock.stepBy(3 * dayMs + 60_000);
    await closeWhatIsDue();
    await house.until(() => waiting().every(({ lane }) => held.includes(lane)));
    const { file } = await takeBackup({
      dataDir: house.dir,
      to: elsewhere,
      withTelemetry: false,
      recipient: paper.recipient,
      hubVersion: 'test',
    });
    // Of these the backup knows nothing.
    await send(5, 7, 3);
    await redeem(8, 4);
    isHeld = false;
    building().dispatcher.wake();
    await house.until(() => waiting().length === 0);
    sums = await money();
    await house.stop();
    await putBack({ dataDir: house.dir, file, isReplacing: true, recoveryCode: async () => paper.code });
    house = await createTestHub({ dir: house.dir, clock });
    await house.until(() => !house.hub.faults().some(({ code }) => code === 'catching_up') && waiting().length === 0);
  });
  after(async () => {
    await house.dispose();
    rmSync(elsewhere, { recursive: true });
  });

  it('learns that they have landed, and sends none again', async () => {
    const attempts = building().store.read((reader) =>
      reader.prepare('SELECT lane FROM attempts WHERE lane IN (SELECT value FROM json_each(@held))').all({
        held: JSON.stringify(held),
      }),
    );
    assert.deepEqual(attempts, []);
    const { items } = (await (await phone(5)).get<{ items: Transfer[] }>('/api/transfers')).body;
    assert.equal(items.find(({ id }) => id === transferId)?.state, 'recorded');
    const { items: own } = (await (await phone(6)).get<{ items: Redemption[] }>('/api/redemptions')).body;
    assert.equal(own.find(({ id }) => id === redemptionId)?.state, 'pending');
    for (const [place, support, votes] of [
      [4, 'for', 2],
      [5, 'against', 1],
    ] as const) {
      const { body } = await (await phone(place)).get<Proposal>(`/api/proposals/${proposalId}`);
      const { ballot } = body.my!;
      assert.deepEqual(
        [body.record, ballot?.record, ballot?.support, ballot?.votes],
        ['recorded', 'recorded', support, votes],
      );
    }
  });

  it('gives everybody what they had, also of what it has forgotten', async () => {
    assert.deepEqual(await money(), sums);
    const treasurer = await house.phone(house.personWith('treasurer'));
    const { differences } = (await treasurer.get<{ differences: string[] }>('/api/settlement')).body;
    assert.deepEqual(differences, []);
    assert.deepEqual(building().store.read(checkBooks), []);
  });

  it('goes on: the same neighbours send and redeem again', async () => {
    const { id } = await send(5, 7, 2);
    await redeem(8, 1);
    await house.until(() => waiting().length === 0);
    const { items } = (await (await phone(7)).get<{ items: Transfer[] }>('/api/transfers')).body;
    assert.equal(items.find((transfer) => transfer.id === id)?.state, 'recorded');
  });
});
