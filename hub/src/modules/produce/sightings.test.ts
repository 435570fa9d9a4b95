import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { checkBooks, createJournal } from '../../journal/index.ts';
import { outbox } from '../../outbox/index.ts';
import type { Call, Hex, Reads } from '../../platform/ports/index.ts';
import { certifier, createGardenHouse, type GardenHouse, onChain } from './testing/garden-house.ts';

const gro = createJournal('GRO', () => []);
const zero: Hex = `0x${'00'.repeat(20)}`;
const stranger: Hex = `0x${'99'.repeat(20)}`;
const ref = (digit: string): Hex => `0x${digit.repeat(64)}`;

describe('what the finalized token tells of produce', () => {
  let house: GardenHouse;
  before(async () => {
    house = await createGardenHouse();
  });
  after(() => {
    assert.deepEqual(house.read(checkBooks), []);
    house.dispose();
  });

  const groOf = (seat: number) => house.read((reader) => gro.balance(reader, seat).availableMicros);
  const moved = (from: Hex, to: Hex, id: string, value: bigint) =>
    house.see('TransferSingle', { operator: from, from, to, id: BigInt(id), value });
  const lotOfToken = (tokenId: string) =>
    house.read((reader) =>
      reader
        .prepare('SELECT public_id AS id, state FROM lots WHERE token_id = @tokenId')
        .get<{ id: string; state: string }>({ tokenId }),
    );

  it('books GRO as it was issued, to whom and for what', async () => {
    await house.see('GroIssued', {
      seat: 1n,
      ref: ref('1'),
      season: 9n,
      wanted: 7n,
      issued: 5n,
      oldSeatTotal: 0n,
      oldSeasonTotal: 0n,
    });
    assert.equal(groOf(1), 5);
    await house.see('GroIssued', {
      seat: 1n,
      ref: ref('2'),
      season: 9n,
      wanted: 7n,
      issued: 0n,
      oldSeatTotal: 5n,
      oldSeasonTotal: 5n,
    });
    assert.equal(groOf(1), 5);
  });

  it('follows GRO and lots between wallets, within a seat and out of the house', async () => {
    const lotId = await house.certified(400);
    await house.room.produce.hand(certifier, { lotId, shares: [{ seat: 1, grams: 200 }] });
    const tokenId = house.tokenOf(lotId);
    await moved(house.keyOf(1)!, house.keyOf(2)!, tokenId, 60n);
    assert.deepEqual([house.grams(lotId, 1), house.grams(lotId, 2)], [140, 60]);
    await moved(house.keyOf(1)!, stranger, tokenId, 40n);
    assert.equal(house.grams(lotId, 1), 100);
    await moved(house.keyOf(1)!, house.keyOf(2)!, '0', 3n);
    assert.deepEqual([groOf(1), groOf(2)], [2, 3]);
    const [one, two] = [house.keyOf(1)!, house.keyOf(2)!];
    await house.see('TransferBatch', {
      operator: two,
      from: two,
      to: one,
      ids: [0n, BigInt(tokenId)],
      values: [1n, 10n],
    });
    assert.deepEqual([groOf(1), groOf(2), house.grams(lotId, 1), house.grams(lotId, 2)], [3, 2, 110, 50]);
    // Minting and burning have events of their own; a lot that is not ours is not counted.
    await moved(zero, one, tokenId, 1000n);
    await moved(one, zero, tokenId, 1000n);
    await moved(one, two, '77', 5n);
    await moved(one, one, '0', 3n);
    assert.deepEqual([groOf(1), house.grams(lotId, 1)], [3, 110]);
  });

  it('leaves what members signed for to the word about the signature', async () => {
    const lotId = await house.certified(400);
    await house.room.produce.hand(certifier, { lotId, shares: [{ seat: 1, grams: 200 }] });
    await house.room.gifts.give({ seat: 1, roles: [] }, { lotId, toSeat: 2, grams: 80 });
    const [gift] = house
      .read((reader) =>
        reader
          .prepare("SELECT message FROM intents WHERE lane = 'gro-transfers' ORDER BY id DESC LIMIT 1")
          .all<{ message: string }>(),
      )
      .map(({ message }) => JSON.parse(message).fields as { nonce: number; to: Hex });
    const lot = BigInt(house.tokenOf(lotId));
    const carry = async (nonce: number, to: Hex, id: bigint, amount: bigint) => {
      const operator = onChain.contracts.GroToken!;
      await house.see('TransferSingle', { operator, from: house.keyOf(1)!, to, id, value: amount });
      await house.see('TransferCarried', { seat: 1n, nonce: BigInt(nonce), to, id, amount });
    };
    await carry(gift!.nonce, gift!.to, lot, 80n);
    assert.deepEqual([house.grams(lotId, 1), house.grams(lotId, 2)], [120, 80]);
    // One that this hub does not know: of its former life, or into a time-lock.
    await carry(gift!.nonce + 1, house.keyOf(3)!, lot, 20n);
    assert.deepEqual([house.grams(lotId, 1), house.grams(lotId, 3)], [100, 20]);
    const before = groOf(1);
    await carry(gift!.nonce + 2, stranger, 0n, 1n);
    assert.equal(groOf(1), before - 1);
  });

  it('knows its own shares and meals again, and books those of others once', async () => {
    const lotId = await house.certified(900);
    await house.room.produce.hand(certifier, { lotId, shares: [{ seat: 3, grams: 500 }] });
    await house.room.produce.consume({ seat: 3, roles: [] }, { lotId, grams: 100, why: 'eaten' });
    const last = (lane: string) =>
      house.read((reader) => {
        const row = reader
          .prepare('SELECT public_id AS id FROM intents WHERE lane = @lane ORDER BY id DESC')
          .get<{ id: string }>({ lane });
        return outbox.find(reader, row!.id)!;
      });
    const lot = BigInt(house.tokenOf(lotId));
    const minted = { lot, seat: 3n, grams: 500n, oldMinted: 0n, newMinted: 500n };
    await house.see('ProduceMinted', { ...minted, ref: last('harvests').message.fields.ref });
    const meal = { seat: 3n, lot, holder: house.keyOf(3)!, grams: 100n, lotLeft: 400n };
    await house.see('Consumed', { ...meal, reasonHash: last('consumptions').message.fields.reasonHash });
    assert.equal(house.grams(lotId, 3), 400);

    await house.see('ProduceMinted', { ...minted, ref: ref('c'), grams: 50n });
    assert.equal(house.grams(lotId, 3), 450);
    // A wallet may give the same reason as often as it likes.
    for (const left of [420, 390]) {
      await house.see('Consumed', { ...meal, grams: 30n, reasonHash: ref('0') });
      assert.equal(house.grams(lotId, 3), left);
    }
  });

  it('books what was given up here and carried all the same', async () => {
    const lotId = await house.certified(300);
    await house.room.produce.hand(certifier, { lotId, shares: [{ seat: 2, grams: 300 }] });
    const [intent] = house.read((reader) =>
      reader
        .prepare("SELECT public_id AS id FROM intents WHERE lane = 'harvests' ORDER BY id DESC LIMIT 1")
        .all<{ id: string }>()
        .map(({ id }) => outbox.find(reader, id)!),
    );
    await house.void(intent!, 'expired');
    assert.equal(house.grams(lotId, 2), 0);
    const lot = BigInt(house.tokenOf(lotId));
    const told = { lot, seat: 2n, ref: intent!.message.fields.ref, grams: 300n, oldMinted: 0n, newMinted: 300n };
    await house.see('ProduceMinted', told);
    await house.settle(intent!);
    assert.equal(house.grams(lotId, 2), 300);
  });

  it('takes in a lot that this hub has forgotten, with what was handed out of it', async () => {
    const certified = { lot: 424_242n, certifier: house.officer('certifier'), farm: ref('f'), harvestDay: 20_000n };
    await house.see('LotCertified', { ...certified, serial: 1n, grams: 800n, documentHash: ref('d') });
    const { id, state } = lotOfToken('424242')!;
    assert.equal(state, 'certified');
    await house.see('ProduceMinted', {
      lot: 424_242n,
      seat: 1n,
      ref: ref('7'),
      grams: 250n,
      oldMinted: 0n,
      newMinted: 250n,
    });
    assert.equal(house.grams(id, 1), 250);
    await house.see('LotCertified', { ...certified, serial: 1n, grams: 800n, documentHash: ref('d') });
    assert.equal(lotOfToken('424242')!.id, id);
  });

  it('brings what lies at a former key home, in one call, once', async () => {
    const [lotId, other] = [await house.certified(100), await house.certified(100)];
    await house.room.produce.hand(certifier, { lotId, shares: [{ seat: 3, grams: 10 }] });
    const oldKey = stranger;
    const changed = { seat: 3n, oldKey, newKey: house.keyOf(3)! };
    for (let times = 0; times < 2; times++) await house.see('KeyChanged', changed, 'SeatRegistry');
    const intents = house.read((reader) =>
      reader
        .prepare("SELECT public_id AS id FROM intents WHERE lane = 'gro-carries'")
        .all<{ id: string }>()
        .map(({ id }) => outbox.find(reader, id)!),
    );
    assert.deepEqual(
      intents.map(({ state, seat }) => [state, seat]),
      [['queued', 3]],
    );
    const lane = house.lane('gro-carries');
    const { fn, args } = house.read((reader) => lane.prepare(intents, reader));
    const [from, ids] = args as [Hex, string[]];
    assert.deepEqual([fn, from, ids[0]], ['carry', oldKey, '0']);
    assert.ok(ids.includes(house.tokenOf(lotId)));
    assert.ok(!ids.includes(house.tokenOf(other)), 'nothing of it was ever theirs');
    const readsOf = (formerSeat: bigint, left: bigint): Reads => ({
      isOnline: () => true,
      read: async <T>({ fn: asked, args: [list] }: Call) =>
        (asked === 'formerSeatOf' ? formerSeat : (list as Hex[]).map((_, at) => (at === 1 ? left : 0n))) as T,
    });
    const ask = async (reads: Reads) => [
      (await lane.preflight(intents, reads))[0]!.verdict,
      ...(await lane.landed(intents, reads, 'finalized')),
    ];
    assert.deepEqual(await ask(readsOf(3n, 5n)), ['ready', false]);
    assert.deepEqual(await ask(readsOf(3n, 0n)), ['ready', true]);
    assert.deepEqual(await ask(readsOf(0n, 5n)), ['not-yet', false]);
  });

  it('marks what is recalled, whoever recalled it, and ends the mark with the recall', async () => {
    const lotId = await house.certified(100);
    const lot = BigInt(house.tokenOf(lotId));
    const isRecalled = () =>
      house.read((reader) =>
        reader
          .prepare('SELECT is_recalled AS mark FROM lots WHERE public_id = @lotId')
          .get<{ mark: number }>({ lotId }),
      )!.mark;
    await house.see('LotRecalled', { lot, by: stranger, was: false, is_: true, caseHash: ref('a') });
    assert.equal(isRecalled(), 1);
    await house.see('LotRecalled', { lot, by: stranger, was: true, is_: false, caseHash: ref('a') });
    assert.equal(isRecalled(), 0);
  });
});
