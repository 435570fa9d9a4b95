import assert from 'node:assert/strict';
import type { Lot } from '../../src/modules/produce/index.ts';
import type { TestHub } from './create-test-hub.ts';

/** A certified lot, all of it handed to the seat. Answers its id on the chain; it need not be there yet. */
export async function handOut(house: TestHub, seat: number, grams: number, nowMs = Date.now()): Promise<string> {
  const gardener = await house.phone(house.personWith('gardener'));
  const certifier = await house.phone(house.personWith('certifier'));
  const harvestedOn = new Date(nowMs).toISOString().slice(0, 10);
  const lot = (await gardener.post<Lot>('/api/lots', { farm: 'Tower 1', crop: 'Kale', harvestedOn, grams })).body;
  await certifier.post(`/api/lots/${lot.id}/certificate`, { grams });
  const handed = await certifier.post('/api/harvests', { lotId: lot.id, shares: [{ seat, grams }] });
  assert.equal(handed.status, 201, JSON.stringify(handed.body));
  const sql = 'SELECT token_id AS token FROM lots WHERE public_id = @id';
  return house.hub.building!.store.read((reader) => reader.prepare(sql).get<{ token: string }>({ id: lot.id }))!.token;
}
