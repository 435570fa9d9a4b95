import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { AbiCoder, keccak256 } from 'ethers';
import { outbox } from '../../outbox/index.ts';
import { isStoopError } from '../../platform/errors.ts';
import type { Hex } from '../../platform/ports/index.ts';
import { createPrivateKey, digest, domainOf, signDigest } from '../../signing/index.ts';
import { createNonces, lotTokenId, saltedHash } from './commitments.ts';
import { certifier, createGardenHouse, type GardenHouse, onChain } from './testing/garden-house.ts';

describe('a certifier whose key is in their own wallet', () => {
  let house: GardenHouse;
  before(async () => {
    house = await createGardenHouse({ isHeld: false });
  });
  after(() => house.dispose());

  const words = () => house.room.officerMessages!;
  const waiting = () => house.read((reader) => words().unsigned(reader));
  const lots = () =>
    house.read((reader) => reader.prepare('SELECT state, token_id AS tokenId, certifier FROM lots').all());
  const sign = (id: string, key: Uint8Array) => {
    const { message } = house.read((reader) => outbox.find(reader, id))!;
    const domain = domainOf('GroToken', onChain.chainId, onChain.contracts.GroToken!);
    return words().authorise(certifier, id, signDigest(digest(domain, message), key));
  };

  it('signs the certificate and every share; nothing leaves before', async () => {
    const lotId = await house.certified(700);
    assert.deepEqual(lots(), [{ state: 'certifying', tokenId: null, certifier: null }]);
    await assert.rejects(house.room.produce.hand(certifier, { lotId, shares: [{ seat: 1, grams: 1 }] }), (error) =>
      isStoopError(error, 'lot_not_certified'),
    );
    const [certificate] = waiting();
    assert.equal(certificate!.office, 'certifier');
    assert.equal(
      house.read((reader) => words().isUnsigned(reader, certificate!.id)),
      true,
    );
    await assert.rejects(sign(certificate!.id, createPrivateKey()), (error) => isStoopError(error, 'not_allowed'));
    await assert.rejects(sign(certificate!.id, house.officerKey('steward')), (error) =>
      isStoopError(error, 'not_allowed'),
    );
    await sign(certificate!.id, house.officerKey('certifier'));

    const { message, state } = house.read((reader) => outbox.find(reader, certificate!.id))!;
    const { farm, harvestDay, serial } = message.fields as { farm: string; harvestDay: number; serial: number };
    const types = ['address', 'bytes32', 'uint32', 'uint32'];
    const encoded = AbiCoder.defaultAbiCoder().encode(types, [house.officer('certifier'), farm, harvestDay, serial]);
    const tokenId = BigInt(keccak256(encoded)).toString();
    assert.equal(state, 'queued');
    assert.deepEqual(lots(), [{ state: 'certified', tokenId, certifier: house.officer('certifier') }]);

    await house.room.produce.hand(certifier, { lotId, shares: [{ seat: 1, grams: 300 }] });
    assert.equal(house.grams(lotId, 1), 300);
    const [share] = waiting();
    assert.equal(house.read((reader) => outbox.find(reader, share!.id))!.state, 'signed');
    await sign(share!.id, house.officerKey('certifier'));
    assert.equal(house.read((reader) => outbox.find(reader, share!.id))!.state, 'queued');
    assert.deepEqual(waiting(), []);
    await assert.rejects(words().authorise(certifier, '0190a5d2-7b1c-7c3a-9f00-000000000001', '0x'), (error) =>
      isStoopError(error, 'not_found'),
    );
  });

  it('is known to have signed in another life, when the chain says so', async () => {
    const lotId = await house.certified(300);
    const { message } = house.read((reader) => outbox.find(reader, waiting()[0]!.id))!;
    const fields = message.fields as { farm: Hex; harvestDay: number; serial: number };
    const lot = BigInt(lotTokenId(house.officer('certifier'), fields));
    const told = { lot, certifier: house.officer('certifier'), farm: fields.farm, grams: 300n };
    await house.see('LotCertified', { ...told, harvestDay: BigInt(fields.harvestDay), serial: BigInt(fields.serial) });
    assert.equal(house.tokenOf(lotId), String(lot));
    await sign(waiting()[0]!.id, house.officerKey('certifier'));
    assert.equal(house.tokenOf(lotId), String(lot));
  });

  it('may certify again when a certificate did not hold', async () => {
    const lotId = await house.certified(500);
    const [certificate] = waiting();
    await sign(certificate!.id, house.officerKey('certifier'));
    const before = house.tokenOf(lotId);
    await house.void(house.read((reader) => outbox.find(reader, certificate!.id))!, 'expired');
    await house.room.lots.certify(certifier, lotId, 450);
    await sign(waiting()[0]!.id, house.officerKey('certifier'));
    assert.notEqual(house.tokenOf(lotId), before);
  });
});

describe('what the chain keeps instead of words', () => {
  it('gives a lot the id that the token gives it', () => {
    const [address, farm] = [`0x${'12'.repeat(20)}`, `0x${'ab'.repeat(32)}`] as const;
    const encoded = AbiCoder.defaultAbiCoder().encode(
      ['address', 'bytes32', 'uint32', 'uint32'],
      [address, farm, 20_833, 7],
    );
    assert.equal(lotTokenId(address, { farm, harvestDay: 20_833, serial: 7 }), BigInt(keccak256(encoded)).toString());
  });

  it('does not tell why something was used: the same word never looks the same', () => {
    assert.notEqual(saltedHash(`0x${'01'.repeat(32)}`, 'eaten'), saltedHash(`0x${'02'.repeat(32)}`, 'eaten'));
  });

  it('uses no nonce of a seat twice, 256 of them in one word, and begins elsewhere in another life', () => {
    const next = createNonces();
    const nonces = Array.from({ length: 600 }, () => next(1));
    assert.equal(new Set(nonces).size, 600);
    assert.equal(new Set(nonces.map((nonce) => Math.floor(nonce / 256))).size, 3);
    assert.ok(nonces.every((nonce) => Number.isInteger(nonce) && nonce >= 0 && nonce < 2 ** 32));
    const words = new Set(Array.from({ length: 20 }, () => Math.floor(createNonces()(1) / 256)));
    assert.ok(words.size > 15);
  });
});
