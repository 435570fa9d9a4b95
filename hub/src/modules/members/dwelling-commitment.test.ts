import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { system } from '../../platform/ports/index.ts';
import { dwellingCommitment } from './index.ts';
import { createMembersFixture, type MembersFixture } from './members.fixture.ts';

const actor = system('test');

describe('the commitment to a dwelling', () => {
  let house: MembersFixture;
  beforeEach(async () => {
    house = await createMembersFixture();
  });
  afterEach(async () => {
    await house.close();
    rmSync(house.folder, { recursive: true });
  });

  const commitments = (...seats: number[]) =>
    house.store.act({ name: 'test.commit', actor }, (tx) => seats.map((seat) => dwellingCommitment(tx, seat)));
  const fact = () =>
    house.store.read((reader) =>
      reader.prepare("SELECT value FROM facts WHERE name = 'dwelling.commitment-key'").get<{ value: string }>(),
    )?.value;

  it('is the same for all who live there and says nothing without the building’s key', async () => {
    await house.enrol('Ana', { dwelling: '3B' });
    await house.enrol('Ben', { dwelling: '3b ' });
    await house.enrol('Cal', { dwelling: '4A' });
    const [ana, ben, cal] = await commitments(1, 2, 3);
    assert.equal(ana, ben);
    assert.notEqual(ana, cal);
    const key = fact()!;
    assert.match(key, /^[0-9a-f]{64}$/);
    const { id } = house.store.read((reader) =>
      reader.prepare("SELECT id FROM dwellings WHERE name = '3B'").get<{ id: string }>(),
    )!;
    const hmac = createHmac('sha256', Buffer.from(key, 'hex')).update(`dwelling:${id}`).digest('hex');
    assert.equal(ana, `0x${hmac}`);
  });

  it('stays the same for good, in the store and not in the folder beside it', async () => {
    await house.enrol('Ana', { dwelling: '3B' });
    const [first] = await commitments(1);
    await house.close();
    rmSync(`${house.folder}/hub-secret`);
    house = await createMembersFixture({ folder: house.folder });
    assert.deepEqual(await commitments(1), [first]);
  });

  it('is a resident’s own without a dwelling, zero for a guest, and another in another building', async () => {
    await house.enrol('Ana', { dwelling: undefined });
    await house.enrol('Ben', { dwelling: undefined });
    await house.enrol('Gus', { dwelling: undefined, seatClass: 'guest' });
    const [ana, ben, gus] = await commitments(1, 2, 3);
    assert.notEqual(ana, ben);
    assert.equal(gus, `0x${'00'.repeat(32)}`);
    const elsewhere = await createMembersFixture();
    await elsewhere.enrol('Ana', { dwelling: undefined });
    const [other] = await elsewhere.store.act({ name: 'test.commit', actor }, (tx) => [dwellingCommitment(tx, 1)]);
    assert.notEqual(other, ana);
    await elsewhere.close();
    rmSync(elsewhere.folder, { recursive: true });
  });
});
