import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { checkBooks, createJournal } from '../src/journal/index.ts';
import type { Lot, MyProduce, ShiftView } from '../src/modules/produce/index.ts';
import { outbox } from '../src/outbox/index.ts';
import type { Browser } from './support/browser.ts';
import { createTestHub, type TestHub } from './support/create-test-hub.ts';

const today = () => new Date().toISOString().slice(0, 10);
/** What the demonstration's rules give: 1,000 micro-GRO a gram, 5 GRO a shift. */
const groPerGram = 1000;
const groPerShift = 5_000_000;
const gro = createJournal('GRO', () => []);

describe('produce', () => {
  let house: TestHub;
  let gardener: Browser;
  let certifier: Browser;

  const open = async (dir?: string) => {
    house = await createTestHub({ dir });
    gardener = await house.phone(house.personWith('gardener'));
    certifier = await house.phone(house.personWith('certifier'));
  };
  before(() => open());
  after(() => house.dispose());

  const neighbour = (index: number) => house.people[index]!;
  const phone = (index: number) => house.phone(neighbour(index));
  const store = () => house.hub.building!.store;
  const isSettled = () => store().read(outbox.waiting).length === 0;
  const settled = () => house.until(isSettled);
  /** GRO is booked when the watcher reads of it. */
  const groReaches = (index: number, micros: number) =>
    house.until(() => store().read((reader) => gro.balance(reader, neighbour(index).seat)).availableMicros === micros);
  const mine = async (browser: Browser) => (await browser.get<MyProduce>('/api/harvests')).body;
  const gramsOf = (own: MyProduce, lot: Lot) => own.items.find((item) => item.lot.id === lot.id)?.grams ?? 0;
  const lotNow = async (id: string) =>
    (await gardener.get<{ items: Lot[] }>('/api/lots')).body.items.find((lot) => lot.id === id)!;
  const onChain = <T>(fn: string, ...args: unknown[]): Promise<T> =>
    house.hub.building!.chain.reads.read<T>({ contract: 'GroToken', fn, args }, 'finalized');
  const tokenOf = (id: string) =>
    store().read((reader) =>
      reader.prepare('SELECT token_id AS id FROM lots WHERE public_id = @id').get<{ id: string }>({ id }),
    )!.id;
  const agrees = async () => {
    await house.until(() => house.hub.building!.chain.state().isOnline && isSettled());
    assert.deepEqual((await certifier.get<object>('/api/harvests/differences')).body, { differences: [] });
    assert.deepEqual(store().read(checkBooks), []);
  };

  const record = async (grams: number, crop = 'Lettuce') => {
    const body = { farm: 'Tower 1', crop, cropEs: 'Lechuga', picture: 'greens', harvestedOn: today(), grams };
    const { status, body: lot } = await gardener.post<Lot>('/api/lots', body);
    assert.equal(status, 201, JSON.stringify(lot));
    return lot;
  };
  const certified = async (grams: number) => {
    const { id } = await record(grams);
    const { status, body } = await certifier.post<Lot>(`/api/lots/${id}/certificate`, { grams });
    assert.equal(status, 200, JSON.stringify(body));
    return body;
  };
  const hand = (lot: Lot, ...shares: [index: number, grams: number][]) =>
    certifier.post<Lot & { code?: string }>('/api/harvests', {
      lotId: lot.id,
      shares: shares.map(([index, grams]) => ({ seat: neighbour(index).seat, grams })),
    });
  const consume = (browser: Browser, lot: Lot, grams: number, why = 'eaten') =>
    browser.post<MyProduce & { code?: string }>('/api/consumptions', { lotId: lot.id, grams, why });

  it('goes from the gardener to three neighbours and is eaten; grams and GRO then stand on the chain', async () => {
    const recorded = await record(3000);
    assert.deepEqual([recorded.state, recorded.record, recorded.leftGrams], ['recorded', 'here', 0]);
    const { body: lot } = await certifier.post<Lot>(`/api/lots/${recorded.id}/certificate`, { grams: 2500 });
    assert.deepEqual([lot.state, lot.certifiedGrams, lot.leftGrams], ['certified', 2500, 2500]);
    const { status, body: handed } = await hand(lot, [4, 1000], [5, 900], [6, 400]);
    assert.equal(status, 201);
    assert.deepEqual([handed.handedGrams, handed.leftGrams], [2300, 200]);

    const [ana, ben] = [await phone(4), await phone(5)];
    // At once, with nothing of it on the chain yet.
    assert.equal(gramsOf(await mine(ana), lot), 1000);
    assert.equal((await consume(ana, lot, 250)).status, 201);
    assert.equal((await consume(ben, lot, 900, 'donated')).status, 201);
    await settled();
    await groReaches(4, 1000 * groPerGram);
    await groReaches(6, 400 * groPerGram);

    assert.equal((await lotNow(lot.id)).record, 'recorded');
    const own = await mine(ana);
    assert.equal(gramsOf(own, lot), 750);
    assert.equal(own.groMicros, 1000 * groPerGram);
    assert.deepEqual(
      own.moves.map(({ kind, grams, why, record, groMicros }) => ({ kind, grams, why, record, groMicros })),
      [
        { kind: 'consumption', grams: 250, why: 'eaten', record: 'recorded', groMicros: undefined },
        { kind: 'harvest', grams: 1000, why: undefined, record: 'recorded', groMicros: 1_000_000 },
      ],
    );
    const tokenId = tokenOf(lot.id);
    assert.deepEqual(await onChain('totalSupply', tokenId), 2300n - 250n - 900n);
    const { certified: onLot, minted } = await onChain<{ certified: bigint; minted: bigint }>('lotOf', tokenId);
    assert.deepEqual([onLot, minted], [2500n, 2300n]);
    await agrees();
  });

  it('cannot be handed out beyond its certificate, nor before it, nor eaten by who has less', async () => {
    const recorded = await record(500);
    assert.equal((await hand(recorded, [4, 100])).body.code, 'lot_not_certified');
    const above = await certifier.post<{ code: string; field: string }>(`/api/lots/${recorded.id}/certificate`, {
      grams: 501,
    });
    assert.deepEqual([above.status, above.body.code, above.body.field], [400, 'bad_request', 'grams']);
    const { body: lot } = await certifier.post<Lot>(`/api/lots/${recorded.id}/certificate`, { grams: 500 });
    const twice = await certifier.post<{ code: string }>(`/api/lots/${recorded.id}/certificate`, { grams: 500 });
    assert.deepEqual([twice.status, twice.body.code], [409, 'conflict']);

    const over = await hand(lot, [4, 300], [5, 201]);
    assert.deepEqual([over.status, over.body.code], [409, 'above_certified']);
    assert.equal((await hand(lot, [4, 300])).status, 201);
    assert.equal((await hand(lot, [5, 201])).body.code, 'above_certified');
    const ana = await phone(4);
    const tooMuch = await consume(ana, lot, 301);
    assert.deepEqual([tooMuch.status, tooMuch.body.code], [409, 'not_enough_produce']);
    const stranger = await consume(await phone(6), lot, 1);
    assert.equal(stranger.body.code, 'not_enough_produce');
    await groReaches(4, 1300 * groPerGram);
    await agrees();
    assert.equal(await onChain('totalSupply', tokenOf(lot.id)), 300n);
  });

  it('is handed out no more once it is recalled, but what is there can be said to have spoiled', async () => {
    const lot = await certified(800);
    assert.equal((await hand(lot, [4, 500])).status, 201);
    await settled();
    const { body: recalled } = await certifier.post<Lot>(`/api/lots/${lot.id}/recall`);
    assert.equal(recalled.isRecalled, true);
    assert.equal((await hand(lot, [5, 100])).body.code, 'lot_recalled');
    const ana = await phone(4);
    assert.equal((await mine(ana)).items.find((item) => item.lot.id === lot.id)!.lot.isRecalled, true);
    assert.equal((await consume(ana, lot, 500, 'spoiled')).status, 201);
    await settled();
    const tokenId = tokenOf(lot.id);
    assert.equal((await onChain<{ isRecalled: boolean }>('lotOf', tokenId)).isRecalled, true);
    assert.equal(await onChain('totalSupply', tokenId), 0n);
    assert.equal((await certifier.post<{ code: string }>(`/api/lots/${lot.id}/recall`)).body.code, 'lot_recalled');
    await groReaches(4, 1800 * groPerGram);
    await agrees();
  });

  it('can be given to a neighbour, who has it at once and eats it; the chain follows in that order', async () => {
    const lot = await certified(600);
    assert.equal((await hand(lot, [4, 600])).status, 201);
    const [ana, ben] = [await phone(4), await phone(5)];
    const give = (grams: number, toSeat = neighbour(5).seat) =>
      ana.post<MyProduce & { code?: string }>('/api/gifts', { lotId: lot.id, toSeat, grams });
    assert.equal((await give(601)).body.code, 'not_enough_produce');
    assert.equal((await give(1, neighbour(4).seat)).status, 400);
    assert.equal((await give(250)).status, 201);
    assert.equal(gramsOf(await mine(ben), lot), 250);
    assert.equal((await consume(ben, lot, 100)).status, 201);
    await settled();
    await groReaches(4, 2400 * groPerGram);
    await agrees();
    assert.equal(await onChain('totalSupply', tokenOf(lot.id)), 500n);
    const kinds = async (browser: Browser) =>
      (await mine(browser)).moves.slice(0, 2).map(({ kind, grams, record }) => ({ kind, grams, record }));
    assert.deepEqual(await kinds(ana), [
      { kind: 'given', grams: 250, record: 'recorded' },
      { kind: 'harvest', grams: 600, record: 'recorded' },
    ]);
    assert.deepEqual(await kinds(ben), [
      { kind: 'consumption', grams: 100, record: 'recorded' },
      { kind: 'received', grams: 250, record: 'recorded' },
    ]);
  });

  it('rewards a shift that somebody else confirms, once', async () => {
    const keisha = await phone(10);
    const coordinator = await house.phone(house.personWith('coordinator'));
    const before = (await mine(keisha)).groMicros;
    const { status, body } = await keisha.post<{ items: ShiftView[] }>('/api/shifts', {
      work: 'Cleaned the towers',
      shifts: 2,
      doneOn: today(),
    });
    assert.equal(status, 201);
    const { id } = body.items[0]!;
    const { body: asked } = await coordinator.get<{ items: ShiftView[] }>('/api/shifts?which=reported');
    assert.deepEqual(
      asked.items.map((shift) => [shift.id, shift.memberName, shift.shifts]),
      [[id, neighbour(10).name, 2]],
    );
    const { body: own } = await coordinator.post<{ items: ShiftView[] }>('/api/shifts', {
      work: 'Watered',
      shifts: 1,
      doneOn: today(),
    });
    const self = await coordinator.post<{ code: string }>(`/api/shifts/${own.items[0]!.id}/confirmation`);
    assert.deepEqual([self.status, self.body.code], [403, 'not_allowed']);
    assert.equal((await coordinator.delete(`/api/shifts/${own.items[0]!.id}`)).status, 200);
    assert.equal((await coordinator.post(`/api/shifts/${id}/confirmation`)).status, 200);
    const again = await coordinator.post<{ code: string }>(`/api/shifts/${id}/confirmation`);
    assert.deepEqual([again.status, again.body.code], [409, 'conflict']);
    await settled();
    await groReaches(10, before + 2 * groPerShift);
    await agrees();
    const { items } = (await keisha.get<{ items: ShiftView[] }>('/api/shifts')).body;
    assert.deepEqual(
      [items[0]!.state, items[0]!.record, items[0]!.groMicros],
      ['recorded', 'recorded', 2 * groPerShift],
    );
  });

  it('is minted once, whatever stops in the middle, and is all there after a new start', async () => {
    const lot = await certified(1200);
    assert.equal((await hand(lot, [4, 700], [5, 500])).status, 201);
    assert.equal((await consume(await phone(4), lot, 200)).status, 201);
    await house.stop();
    await open(house.dir);
    await settled();
    await groReaches(4, 3100 * groPerGram);
    await groReaches(5, 1400 * groPerGram);
    await agrees();
    const tokenId = tokenOf(lot.id);
    assert.equal(await onChain('totalSupply', tokenId), 1000n);
    assert.equal((await onChain<{ minted: bigint }>('lotOf', tokenId)).minted, 1200n);
    assert.equal(gramsOf(await mine(await phone(4)), lot), 500);
    assert.equal((await lotNow(lot.id)).record, 'recorded');
  });
});
