import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { type Contract, Signature } from 'ethers';
import { factoryOf } from '../deploy/artifact.ts';
import { type Building, createBuilding, FUSD } from './support/building.ts';
import { EXACT, hashStruct, pack } from './support/messages.ts';
import { eventsOf, skippedBecause } from './support/receipts.ts';

/** Order of secp256k1. */
const N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

describe('a signature used where it was not meant', () => {
  let building: Building;
  let back: () => Promise<void>;
  before(async () => {
    building = await createBuilding();
    await building.fund([1, 2, 3], 100n * FUSD);
  });
  beforeEach(async () => {
    back = await building.snapshot();
  });
  afterEach(() => back());
  after(() => building.close());

  const order = () => ({ subject: building.subject('order'), terms: building.terms() });
  const wrongSigner = async (in_: Building, settled: object): Promise<void> => {
    const reasons = await skippedBecause(in_, await in_.send(in_.book, 'settle', [settled]));
    assert.match(reasons[0] ?? '', /^TotalOutOfRange\(0,.*0x06\)$/);
  };

  it('does nothing on another chain', async () => {
    const other = await createBuilding({ chainId: 31_998 });
    try {
      assert.equal(other.deployment.contracts.FoodUSD, building.deployment.contracts.FoodUSD);
      await other.fund([1], 100n * FUSD);
      await wrongSigner(other, building.orderOf(order(), [building.spend(1, 100n * FUSD, order())]));
      await other.send(other.book, 'settle', [other.orderOf(order(), [other.spend(1, 100n * FUSD, order())])]);
      assert.equal(await other.balanceOf(other.payee), 100n * FUSD);
    } finally {
      await other.close();
    }
  });

  it('does nothing in another token of the same building', async () => {
    const { seats, manager, config, deployer } = building;
    const made = await factoryOf('FoodUSD', deployer).deploy(
      seats.target,
      manager.target,
      config.minters,
      config.attestors,
      config.defaultDailyLimitMicros,
      config.minterDailyAllowanceMicros,
    );
    await made.waitForDeployment();
    const elsewhere = { verifyingContract: await made.getAddress() };
    await wrongSigner(
      building,
      building.orderOf(order(), [building.spend(1, 100n * FUSD, order(), { domain: elsewhere })]),
    );
  });

  it('does nothing for another subject, seat, revision, amount or end', async () => {
    const right = building.spend(1, 100n * FUSD, order());
    const variants = [
      building.orderOf({ ...order(), subject: building.subject('other order') }, [right]),
      building.orderOf(order(), [{ ...right, seat: 2 }]),
      building.orderOf(order(), [{ ...right, revision: 2 }]),
      building.orderOf(order(), [{ ...right, amount: 100n * FUSD - 1n }]),
      building.orderOf(order(), [{ ...right, validUntil: right.validUntil + 1 }]),
    ];
    for (const variant of variants) await wrongSigner(building, variant);
  });

  it('does nothing in another book', async () => {
    const { token, stranger, spend, payee, send, balanceOf, members } = building;
    const own = token.connect(stranger) as Contract;
    const termsHash = hashStruct('Terms', order().terms);
    const items = pack([spend(1, 100n * FUSD, order())], EXACT);
    const receipt = await send(own, 'settleSpends', order().subject, termsHash, payee, EXACT, 0, 100n * FUSD, items);
    assert.equal(eventsOf(token, receipt, 'SpendsSettled')[0]?.okMask, 0n);
    assert.equal(await balanceOf(members[0]!.address), 100n * FUSD);
  });

  it('does nothing in its mirrored form', async () => {
    const right = building.spend(1, 100n * FUSD, order());
    const { r, s, v } = Signature.from(right.signature);
    const settled = building.orderOf(order(), [right]);
    const high = (N - BigInt(s)) | (v === 27 ? 1n << 255n : 0n);
    // The mirror image has s above half the order, so its top bit collides with the parity: built by hand.
    const mirrored = `${settled.items.slice(0, -128)}${r.slice(2)}${high.toString(16).padStart(64, '0')}`;
    await wrongSigner(building, { ...settled, items: mirrored });
    const reasons = await skippedBecause(building, await building.send(building.book, 'settle', [settled]));
    assert.deepEqual(reasons, []);
  });

  it('cannot be a signature of nobody', async () => {
    const settled = building.orderOf(order(), [building.spend(1, 100n * FUSD, order())]);
    for (const signature of ['00'.repeat(64), 'ff'.repeat(64), `${'00'.repeat(32)}${'01'.padStart(64, '0')}`]) {
      await wrongSigner(building, { ...settled, items: `${settled.items.slice(0, -128)}${signature}` });
    }
  });

  it('settles by a higher revision only once', async () => {
    const { spend, orderOf, send, book, balanceOf, payee } = building;
    const first = spend(1, 100n * FUSD, order(), { revision: 1 });
    const second = spend(1, 60n * FUSD, order(), { revision: 2 });
    await send(book, 'settle', [orderOf(order(), [first])]);
    await send(book, 'settle', [orderOf(order(), [second])]);
    await send(book, 'settle', [orderOf(order(), [first, second])]);
    assert.equal(await balanceOf(payee), 100n * FUSD);
  });
});
