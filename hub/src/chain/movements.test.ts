import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Balance, checkBooks, createJournal } from '../journal/index.ts';
import { createForeignMovements } from '../modules/treasury/index.ts';
import type { Call, Hex } from '../platform/ports/index.ts';
import * as signing from '../signing/index.ts';
import { type Building, hourS, nowS, startBuilding } from './test/building.ts';
import { attemptOf, type Hub } from './test/fixture.ts';

const ref = (digit: string): Hex => `0x${digit.repeat(64)}`;
const outsider: Hex = `0x${'e5'.repeat(20)}`;

/** The hub's own messages before the contracts, and what the books make of movements that this hub did not start. */
describe('movements that others started', () => {
  const journal = createJournal('FUSD', () => []);
  let building: Building;
  let hub: Hub;

  before(async () => {
    building = await startBuilding();
    const addresses = building.members.map(signing.addressOf);
    hub = await building.hub({
      sightings: createForeignMovements(journal, (_, address) => {
        const index = addresses.indexOf(address);
        return index < 0 ? undefined : index + 1;
      }),
    });
    await hub.chain.poll();
  });
  after(async () => {
    await hub.stop();
    await building.stop();
  });

  const balance = (seat: number): Balance => hub.store.read((reader) => journal.balance(reader, seat));
  const issued = () =>
    hub.store.read((reader) =>
      reader
        .prepare("SELECT -balance_micros AS micros FROM accounts WHERE owner = 'hub:issued' AND kind = 'issued'")
        .get<{ micros: number }>(),
    )!.micros;
  const onChain = async (fn: string, ...args: unknown[]) =>
    Number(await hub.chain.reads.read<bigint>({ contract: 'FoodUSD', fn, args }, 'finalized'));
  const until = () => nowS() + hourS;

  async function carry(fn: string, args: unknown[], contract = 'FoodUSD'): Promise<void> {
    const call: Call = { contract, fn, args };
    const attempt = attemptOf(await hub.chain.carrier.prepare(call, { highestNonce: -1 }));
    await hub.chain.carrier.perform(attempt);
    assert.equal((await hub.chain.carrier.probe(attempt)).outcome, 'final');
    await hub.chain.poll();
    assert.equal(hub.chain.state().stuck, undefined);
  }

  async function equalBooks(...available: number[]): Promise<void> {
    assert.deepEqual(
      [1, 2, 3].map((seat) => balance(seat).availableMicros),
      available,
    );
    for (const [index, member] of building.members.entries())
      assert.equal(await onChain('balanceOf', signing.addressOf(member)), available[index]);
    assert.equal(issued(), await onChain('totalSupply'));
    assert.deepEqual(hub.store.read(checkBooks), []);
  }

  it('are booked against the issue when they were minted', async () => {
    const { fn, args } = building.attest(100_000_000, 1);
    await carry(fn, [...args]);
    const mints = [1, 2, 3].map((seat) => {
      const mint = { seat, amount: seat * 10_000_000, depositRef: ref(String(seat)), validUntil: until() };
      return { ...mint, signature: building.sign(signing.message('Mint', mint), building.minter) };
    });
    await carry('mintBatch', [mints]);
    await equalBooks(10_000_000, 20_000_000, 30_000_000);
  });

  it('go from seat to seat and out of the building by a signed transfer', async () => {
    const items = ([1, 2] as const).map((nonce) => {
      const to = nonce === 1 ? signing.addressOf(building.members[0]!) : outsider;
      const transfer = { seat: 3, to, amount: 4_000_000, nonce, reasonHash: ref('a'), validUntil: until() };
      return { ...transfer, signature: building.sign(signing.message('Transfer', transfer), building.members[2]!) };
    });
    await carry('transferBatch', [items]);
    await equalBooks(14_000_000, 20_000_000, 22_000_000);
  });

  it('leave the seat when it redeems, come back when that is restored, and are burned when it is paid', async () => {
    const items = ['b', 'c'].map((digit) => {
      const redeem = { seat: 2, amount: 6_000_000, redemptionRef: ref(digit), validUntil: until() };
      return { ...redeem, signature: building.sign(signing.message('Redeem', redeem), building.members[1]!) };
    });
    await carry('requestRedemptions', [items]);
    assert.equal(await onChain('balanceOf', building.deployment.contracts.FoodUSD), 12_000_000);
    await equalBooks(14_000_000, 8_000_000, 22_000_000);

    const restore = { redemptionRef: ref('b'), caseHash: ref('d'), validUntil: until() };
    const restored = building.sign(signing.message('Restore', restore), building.minter);
    await carry('restoreRedemption', [restore.redemptionRef, restore.caseHash, restore.validUntil, restored]);
    await equalBooks(14_000_000, 14_000_000, 22_000_000);

    const payout = { redemptionRef: ref('c'), documentHash: ref('e'), validUntil: until() };
    const paid = building.sign(signing.message('Payout', payout), building.minter);
    await carry('confirmRedemption', [payout.redemptionRef, payout.documentHash, payout.validUntil, paid]);
    assert.equal(await onChain('totalSupply'), 54_000_000);
    await equalBooks(14_000_000, 14_000_000, 22_000_000);
  });

  it('need the registry’s messages as it reads them: seats issued, a key change announced and cancelled', async () => {
    const [first, second] = [...building.board].sort((a, b) =>
      signing.addressOf(a) < signing.addressOf(b) ? -1 : 1,
    ) as [Uint8Array, Uint8Array];
    const newcomers = [signing.createPrivateKey(), signing.createPrivateKey()];
    const seats = newcomers.map((key, index) => ({
      seat: 10 + index,
      key: signing.addressOf(key),
      class: 1,
      dwelling: ref(String(index + 5)),
    }));
    const issue = signing.message('Issue', { seats, validUntil: until() });
    const issueSignatures = [first, second].map((key) => building.sign(issue, key, 'SeatRegistry'));
    await carry('issueSeats', [seats, issue.fields.validUntil, issueSignatures], 'SeatRegistry');
    const keyOf = (seat: number) =>
      hub.chain.reads.read<Hex>({ contract: 'SeatRegistry', fn: 'keyOf', args: [seat] }, 'finalized');
    assert.deepEqual(await Promise.all([10, 11].map(keyOf)), newcomers.map(signing.addressOf));

    const newKey = signing.createPrivateKey();
    const change = {
      seat: 10,
      oldKey: signing.addressOf(newcomers[0]!),
      newKey: signing.addressOf(newKey),
      revision: 1,
      validUntil: until(),
    };
    const announce = signing.message('ChangeKey', change);
    const [byOld, byNew] = [newcomers[0]!, newKey].map((key) => building.sign(announce, key, 'SeatRegistry'));
    const args = [change.seat, change.newKey, change.revision, change.validUntil, byOld, byNew];
    await carry('announceKeyChange', args, 'SeatRegistry');
    const cancel = { seat: 10, revision: 2, validUntil: until() };
    const cancelled = building.sign(signing.message('CancelKeyChange', cancel), newcomers[0]!, 'SeatRegistry');
    await carry('cancelKeyChange', [10, 2, cancel.validUntil, [cancelled]], 'SeatRegistry');
    assert.equal(await keyOf(10), signing.addressOf(newcomers[0]!));
  });
});
