import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { putBack } from '../src/cli/put-back.ts';
import { createRecoveryPaper } from '../src/cli/recovery-paper.ts';
import { takeBackup } from '../src/cli/take-backup.ts';
import { checkBooks, createJournal } from '../src/journal/index.ts';
import type { Lot, MyProduce } from '../src/modules/produce/index.ts';
import { outbox } from '../src/outbox/index.ts';
import type { Lane, Reader } from '../src/platform/ports/index.ts';
import type { Browser } from './support/browser.ts';
import { createTestHub, type TestHub } from './support/create-test-hub.ts';

const gro = createJournal('GRO', () => []);
const held = ['lots', 'harvests', 'consumptions'];

/** Holds produce back while `isHeld`: so a backup can be taken between queued and sent. */
const holding = (isHeld: () => boolean) => (lane: Lane) =>
  !held.includes(lane.name)
    ? lane
    : {
        ...lane,
        preflight: async (...args: Parameters<Lane['preflight']>) =>
          isHeld() ? args[0].map(() => ({ verdict: 'not-yet', reason: 'held' }) as const) : lane.preflight(...args),
      };

describe('a store restored from before its produce was sent', { timeout: 300_000 }, () => {
  const elsewhere = mkdtempSync(join(tmpdir(), 'stoop-stick-'));
  const paper = createRecoveryPaper();
  let house: TestHub;
  let isHeld = true;
  let known: Lot;
  let forgotten: Lot;
  let forgottenToken: string;

  const read = <T>(work: (reader: Reader) => T) => house.hub.building!.store.read(work);
  const seat = (index: number) => house.people[index]!.seat;
  const mine = async (index: number) =>
    (await (await house.phone(house.people[index]!)).get<MyProduce>('/api/harvests')).body;
  const gramsOf = (own: MyProduce, id: string) => own.items.find((item) => item.lot.id === id)?.grams ?? 0;
  const tokenOf = (id: string) =>
    read((reader) =>
      reader.prepare('SELECT token_id AS token FROM lots WHERE public_id = @id').get<{ token: string }>({ id }),
    )!.token;
  const onChain = <T>(fn: string, ...args: unknown[]): Promise<T> =>
    house.hub.building!.chain.reads.read<T>({ contract: 'GroToken', fn, args }, 'finalized');
  const isQuiet = () => read(outbox.waiting).length === 0;
  const groOf = (index: number) => read((reader) => gro.balance(reader, seat(index)).availableMicros);

  /** A lot of 1 kg: 600 g to one neighbour, who eats 100 g of it, 300 g to another. */
  async function grow(gardener: Browser, certifier: Browser): Promise<Lot> {
    const harvestedOn = new Date().toISOString().slice(0, 10);
    const body = { farm: 'Tower 2', crop: 'Kale', harvestedOn, grams: 1000 };
    const { id } = (await gardener.post<Lot>('/api/lots', body)).body;
    await certifier.post(`/api/lots/${id}/certificate`, { grams: 1000 });
    const shares = [
      { seat: seat(4), grams: 600 },
      { seat: seat(5), grams: 300 },
    ];
    const { status, body: lot } = await certifier.post<Lot>('/api/harvests', { lotId: id, shares });
    assert.equal(status, 201, JSON.stringify(lot));
    const phone = await house.phone(house.people[4]!);
    assert.equal((await phone.post('/api/consumptions', { lotId: id, grams: 100, why: 'eaten' })).status, 201);
    return lot;
  }

  before(async () => {
    house = await createTestHub({ sabotage: { lane: holding(() => isHeld) } });
    const gardener = await house.phone(house.personWith('gardener'));
    const certifier = await house.phone(house.personWith('certifier'));
    known = await grow(gardener, certifier);
    await house.until(() => read(outbox.waiting).every(({ lane }) => held.includes(lane)));
    const { file } = await takeBackup({
      dataDir: house.dir,
      to: elsewhere,
      withTelemetry: false,
      recipient: paper.recipient,
      hubVersion: 'test',
    });
    forgotten = await grow(gardener, certifier);
    isHeld = false;
    house.hub.building!.dispatcher.wake();
    await house.until(() => isQuiet() && groOf(4) === 1_200_000 && groOf(5) === 600_000);
    forgottenToken = tokenOf(forgotten.id);
    await house.stop();
    await putBack({ dataDir: house.dir, file, isReplacing: true, recoveryCode: async () => paper.code });
    house = await createTestHub({ dir: house.dir });
  });
  after(async () => {
    await house.dispose();
    rmSync(elsewhere, { recursive: true });
  });

  it('learns that what it knows has landed, and sends none of it again', async () => {
    await house.until(() => isQuiet() && groOf(4) === 1_200_000 && groOf(5) === 600_000);
    assert.equal(gramsOf(await mine(4), known.id), 500);
    assert.equal(gramsOf(await mine(5), known.id), 300);
    const attempts = read((reader) =>
      reader.prepare("SELECT COUNT(*) AS count FROM attempts WHERE lane IN ('lots', 'harvests', 'consumptions')").get<{
        count: number;
      }>(),
    );
    assert.deepEqual(attempts, { count: 0 });
    assert.equal((await onChain<{ minted: bigint }>('lotOf', tokenOf(known.id))).minted, 900n);
  });

  it('finds the lot that it has forgotten, with everybody’s grams of it', async () => {
    const { id, crop } = read((reader) =>
      reader
        .prepare('SELECT public_id AS id, crop FROM lots WHERE token_id = @token')
        .get<{ id: string; crop: string }>({ token: forgottenToken }),
    )!;
    assert.notEqual(id, forgotten.id);
    assert.equal(crop, '');
    assert.deepEqual([gramsOf(await mine(4), id), gramsOf(await mine(5), id)], [500, 300]);
    assert.equal(await onChain('totalSupply', forgottenToken), 800n);
    const certifier = await house.phone(house.personWith('certifier'));
    assert.deepEqual((await certifier.get('/api/harvests/differences')).body, { differences: [] });
    assert.deepEqual(read(checkBooks), []);
  });

  it('goes on with it: what is left of the forgotten lot is eaten, under a nonce of its own', async () => {
    const { items } = await mine(4);
    const phone = await house.phone(house.people[4]!);
    for (const { lot, grams } of items)
      assert.equal((await phone.post('/api/consumptions', { lotId: lot.id, grams, why: 'eaten' })).status, 201);
    await house.until(isQuiet);
    for (const token of [forgottenToken, tokenOf(known.id)]) assert.equal(await onChain('totalSupply', token), 300n);
    assert.deepEqual((await mine(4)).items, []);
  });
});
