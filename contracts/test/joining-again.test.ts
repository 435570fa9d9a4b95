import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { id } from 'ethers';
import { type Building, createBuilding, FUSD, walletOf } from './support/building.ts';
import { escrowOf } from './support/escrow.ts';
import { eventsOf, revertOf, skippedBecause } from './support/receipts.ts';

/** Seats of different words of 256, at both ends of a word. */
const SEATS = [255, 256, 511, 512, 70_000];

describe('an order that is brought again', () => {
  let building: Building;
  before(async () => {
    const members = SEATS.map((seat) => walletOf(`member at ${seat}`));
    building = await createBuilding({
      config: {
        seats: SEATS.map((seat, index) => ({
          seat,
          key: members[index]!.address,
          class: 1,
          dwelling: id(`dwelling ${seat}`),
        })),
      },
    });
    await building.fund(SEATS, 100n * FUSD);
  });
  after(() => building.close());

  it('takes each seat once that joins by itself, whatever its number', async () => {
    const desk = escrowOf(building);
    const order = desk.order('rice');
    for (const seat of SEATS) {
      const wallet = walletOf(`member at ${seat}`).connect(building.provider);
      await building.simulator.request('hardhat_setBalance', [wallet.address, '0x56bc75e2d63100000']);
      const token = building.token.connect(wallet) as typeof building.token;
      await building.send(token, 'approve', building.book.target, 50n * FUSD);
      await desk.joinAs(wallet, order, FUSD);
    }
    for (const seat of SEATS) {
      const wallet = walletOf(`member at ${seat}`).connect(building.provider);
      assert.equal(
        await revertOf(building.book, desk.joinAs(wallet, order, FUSD)),
        `JoinedBefore(${desk.idOf(order)},${seat})`,
      );
    }
    assert.deepEqual(
      await desk.entriesOf(order),
      SEATS.map((seat) => [seat, FUSD]),
    );
  });

  it('is not settled a second time with nothing, when its target was met to the unit', async () => {
    const { book, send, spend, orderOf } = building;
    const order = { subject: building.subject('exactly'), terms: building.terms({ target: 20n * FUSD }) };
    const by = walletOf('member at 256');
    const batch = orderOf(order, [spend(256, 20n * FUSD, order, { by })]);
    assert.equal(eventsOf(book, await send(book, 'settle', [batch]), 'OrderSettled').length, 1);
    const again = await send(book, 'settle', [batch]);
    assert.deepEqual(eventsOf(book, again, 'OrderSettled'), []);
    // Code 3: used before.
    assert.match((await skippedBecause(building, again))[0]!, /^TotalOutOfRange\(.*0x03\)$/);
  });
});
