import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Building, createBuilding, eventsOf, FUSD } from './support/building.ts';

describe('settling a group order', () => {
  let building: Building;
  before(async () => {
    building = await createBuilding();
    await building.fund([1, 2, 3, 4, 5, 6], 100n * FUSD);
  });
  after(() => building.close());

  it('takes the signed spends together and pays the payee', async () => {
    const { book, token, subject, terms, spend, orderOf, send, balanceOf, payee } = building;
    const order = { subject: subject('rice'), terms: terms() };
    const items = [spend(1, 30n * FUSD, order), spend(2, 50n * FUSD, order), spend(3, 20n * FUSD, order)];
    const receipt = await send(book, 'settle', [orderOf(order, items)]);
    const [settled] = eventsOf(book, receipt, 'OrderSettled');
    assert.equal(settled?.okMask, 0b111n);
    assert.equal(settled?.newTotal, 100n * FUSD);
    assert.equal(await balanceOf(payee), 100n * FUSD);
    assert.equal(await balanceOf(building.members[1]!.address), 50n * FUSD);
    assert.equal(await token.getFunction('usedWord')(order.subject, 0), 0b1110n);
  });
});
