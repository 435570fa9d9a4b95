import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  recoverAddress as ethersRecover,
  getBytes,
  Signature,
  type TypedDataDomain,
  TypedDataEncoder,
  Wallet,
} from 'ethers';
import fc from 'fast-check';
import {
  addressOf,
  compactSignature,
  createPrivateKey,
  digest,
  domainOf,
  foodUsdDomain,
  hashStruct,
  itemsHash,
  type MessageType,
  message,
  messageTypes,
  packSpendItems,
  recoverAddress,
  signDigest,
  spendMode,
  toHex,
  typedDataJson,
} from './index.ts';

interface TypedData {
  readonly domain: TypedDataDomain;
  readonly primaryType: string;
  readonly types: Record<string, { type: string; name: string }[]>;
  readonly message: Record<string, unknown>;
}

const domain = foodUsdDomain(31999, '0x00000000000000000000000000000000000000a1');
const hex = (length: number) => fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => toHex(bytes));
const anyBytes = fc.uint8Array({ maxLength: 100 }).map((bytes) => toHex(bytes));
const uint = (bits: number) => fc.integer({ min: 0, max: Math.min(2 ** bits - 1, Number.MAX_SAFE_INTEGER) });
const hash = `0x${'44'.repeat(32)}`;
const spends = fc.record({
  book: hex(20),
  subject: hex(32),
  termsHash: hex(32),
  seat: uint(24),
  maxAmount: fc.maxSafeNat(),
  revision: uint(32),
  validUntil: uint(40),
  mode: uint(8),
});

/** As the contracts write them, each beside the domain that they check it under. */
const written = {
  'Food USD': [
    'Transfer(uint24 seat,address to,uint64 amount,uint32 nonce,bytes32 reasonHash,uint40 validUntil)',
    'Redeem(uint24 seat,uint64 amount,bytes32 redemptionRef,uint40 validUntil)',
    'Payout(bytes32 redemptionRef,bytes32 documentHash,uint40 validUntil)',
    'Restore(bytes32 redemptionRef,bytes32 caseHash,uint40 validUntil)',
  ],
  'Stoop Seats': [
    'Issue(Seat[] seats,uint40 validUntil)',
    'ChangeKey(uint24 seat,address oldKey,address newKey,uint32 revision,uint40 validUntil)',
    'RecoverKey(uint24 seat,address oldKey,address newKey,uint32 revision,uint40 validUntil)',
    'CancelKeyChange(uint24 seat,uint32 revision,uint40 validUntil)',
  ],
  'Stoop Votes': [
    'Proposal(uint24 proposer,uint8 kind,bytes32 textHash,address[] targets,bytes[] calls,uint40 opensAt,uint40 closesAt,uint40 submissionEnd,bytes32 salt)',
    'Ballot(bytes32 proposal,uint24 seat,uint8 support,uint8 votes,uint8 revision)',
  ],
  'Gro Token': [
    'Certify(bytes32 farm,uint32 harvestDay,uint32 serial,uint64 grams,bytes32 documentHash,uint40 validUntil)',
    'Harvest(uint256 lot,uint24 seat,uint64 grams,bytes32 ref,uint40 validUntil)',
    'Recall(uint256 lot,bytes32 caseHash,uint40 validUntil)',
    'Consume(uint24 seat,uint256 lot,uint64 grams,bytes32 reasonHash,uint32 nonce,uint40 validUntil)',
    'Shift(uint24 seat,uint16 shifts,bytes32 ref,uint40 validUntil)',
    'Transfer(uint24 seat,address to,uint256 id,uint64 amount,bytes32 dataHash,uint32 nonce,uint40 validUntil)',
  ],
};
const verifierOf = {
  'Food USD': 'FoodUSD',
  'Stoop Seats': 'SeatRegistry',
  'Stoop Votes': 'CoopGovernor',
  'Gro Token': 'GroToken',
} as const;
/** Two contracts have a `Transfer`; the hub keeps the GRO token's under another name. */
const keptName = (contract: string, type: string) =>
  (contract === 'Gro Token' && type === 'Transfer' ? 'GroTransfer' : type) as MessageType;
const seatFields = fieldList('Seat(uint24 seat,address key,uint8 class,bytes32 dwelling)');

function fieldList(text: string): { type: string; name: string }[] {
  return text
    .slice(text.indexOf('(') + 1, -1)
    .split(',')
    .map((part) => {
      const [type, name] = part.split(' ');
      return { type: type!, name: name! };
    });
}

function anyOf(fields: { type: string; name: string }[]): fc.Arbitrary<Record<string, unknown>> {
  const anyValue = (type: string): fc.Arbitrary<unknown> => {
    if (type === 'Seat[]') return fc.array(anyOf(seatFields), { maxLength: 5 });
    if (type === 'address[]') return fc.array(hex(20), { maxLength: 4 });
    if (type === 'bytes[]') return fc.array(anyBytes, { maxLength: 4 });
    if (type === 'address') return hex(20);
    if (type === 'uint256') return fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }).map(String);
    return type === 'bytes32' ? hex(32) : uint(Number(type.slice(4)));
  };
  return fc.record(Object.fromEntries(fields.map(({ type, name }) => [name, anyValue(type)])));
}

describe('signing', () => {
  it('hashes every message as ethers does', () => {
    fc.assert(
      fc.property(spends, (spend) => {
        const types = { Spend: [...messageTypes.Spend] };
        assert.equal(toHex(digest(domain, message('Spend', spend))), TypedDataEncoder.hash(domain, types, spend));
      }),
      { numRuns: 50 },
    );
    const terms = {
      payee: `0x${'11'.repeat(20)}`,
      closer: `0x${'22'.repeat(20)}`,
      target: 240_000_000,
      ceiling: 480_000_000,
      deadline: 1_800_000_000,
      detailsHash: `0x${'33'.repeat(32)}`,
    } as const;
    assert.equal(
      toHex(hashStruct(message('Terms', terms))),
      TypedDataEncoder.hashStruct('Terms', { Terms: [...messageTypes.Terms] }, terms),
    );
  });

  for (const [name, texts] of Object.entries(written))
    for (const text of texts)
      it(`hashes ${text.slice(0, text.indexOf('('))} of ${name} as the contract writes it, and gives wallets the same`, () => {
        const type = text.slice(0, text.indexOf('('));
        const types: Record<string, { type: string; name: string }[]> = { [type]: fieldList(text) };
        if (type === 'Issue') types.Seat = seatFields;
        const own = domainOf(verifierOf[name as keyof typeof verifierOf], 314, `0x${'b2'.repeat(20)}`);
        assert.deepEqual([own.name, own.version], [name, '1']);
        fc.assert(
          fc.property(anyOf(types[type]!), (value) => {
            const kept = JSON.parse(JSON.stringify(message(keptName(name, type), value as never)));
            const expected = TypedDataEncoder.hash(own, types, value);
            assert.equal(toHex(digest(own, kept)), expected);
            const offered = typedDataJson(own, kept) as TypedData;
            const { EIP712Domain: _, ...offeredTypes } = offered.types;
            assert.equal(offered.primaryType, type);
            assert.equal(TypedDataEncoder.hash(offered.domain, offeredTypes, offered.message), expected);
          }),
          { numRuns: 50 },
        );
      });

  it('refuses a list where a value belongs, and a value where a list does', () => {
    assert.throws(() => hashStruct({ type: 'Issue', fields: { seats: 1, validUntil: 1 } }), TypeError);
    assert.throws(
      () => hashStruct({ type: 'CancelKeyChange', fields: { seat: [], revision: 1, validUntil: 1 } }),
      TypeError,
    );
    assert.throws(() => hashStruct({ type: 'Issue', fields: { seats: [{ seat: 1 }], validUntil: 1 } }), TypeError);
    assert.throws(() => hashStruct({ type: 'Issue', fields: { seats: ['0x'], validUntil: 1 } }), TypeError);
    const text = { proposer: 1, kind: 0, textHash: hash, opensAt: 1, closesAt: 2, submissionEnd: 3, salt: hash };
    const proposal = (more: object) => ({ type: 'Proposal', fields: { ...text, targets: [], calls: [], ...more } });
    assert.throws(() => hashStruct(proposal({ calls: '0x' })), TypeError);
    assert.throws(() => hashStruct(proposal({ calls: ['0x1'] })), TypeError);
    assert.throws(() => hashStruct(proposal({ targets: ['0x12'] })), RangeError);
    assert.throws(() => hashStruct(proposal({ targets: [{ seat: 1 }] })), TypeError);
  });

  it('names every contract that checks messages', () => {
    const names = (['FoodUSD', 'SeatRegistry', 'Board', 'GroToken', 'CoopGovernor'] as const).map(
      (verifier) => domainOf(verifier, 1, domain.verifyingContract).name,
    );
    assert.deepEqual(names, ['Food USD', 'Stoop Seats', 'Stoop Board', 'Gro Token', 'Stoop Votes']);
    assert.deepEqual(domain, domainOf('FoodUSD', 31999, domain.verifyingContract));
  });

  it('signs so that ethers recovers the same account, and recovers what ethers signed', async () => {
    for (let round = 0; round < 20; round++) {
      const key = createPrivateKey();
      const hash = getBytes(`0x${round.toString(16).padStart(64, '7')}`);
      const signature = signDigest(hash, key);
      assert.equal(ethersRecover(hash, signature).toLowerCase(), addressOf(key));
      const wallet = Wallet.createRandom();
      assert.equal(
        recoverAddress(hash, wallet.signingKey.sign(hash).serialized as `0x${string}`),
        wallet.address.toLowerCase(),
      );
      assert.equal(toHex(compactSignature(signature)), Signature.from(signature).compactSerialized);
    }
  });

  it('recovers nobody from a malleable or broken signature', () => {
    const hash = new Uint8Array(32).fill(9);
    const signature = signDigest(hash, createPrivateKey());
    const n = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
    const s = BigInt(`0x${signature.slice(66, 130)}`);
    const flipped = signature.endsWith('1b') ? '1c' : '1b';
    const high = `${signature.slice(0, 66)}${(n - s).toString(16).padStart(64, '0')}${flipped}` as const;
    assert.equal(recoverAddress(hash, high as `0x${string}`), undefined);
    assert.equal(recoverAddress(hash, `${signature}00`), undefined);
    assert.equal(recoverAddress(hash, `0x${'00'.repeat(65)}`), undefined);
  });

  it('refuses integers that do not fit their type', () => {
    const spend = {
      book: toHex(new Uint8Array(20)),
      subject: toHex(new Uint8Array(32)),
      termsHash: toHex(new Uint8Array(32)),
    };
    for (const seat of [-1, 2 ** 24]) {
      const broken = message('Spend', { ...spend, seat, maxAmount: 1, revision: 1, validUntil: 1, mode: 0 });
      assert.throws(() => hashStruct(broken), RangeError);
    }
  });

  it('packs items ascending by seat with the lengths that the token reads', () => {
    const item = {
      amount: 5,
      maxAmount: 9,
      revision: 1,
      validUntil: 7,
      signature: signDigest(new Uint8Array(32), createPrivateKey()),
    };
    const exact = packSpendItems(
      [
        { ...item, seat: 2 },
        { ...item, seat: 1 },
      ],
      0,
    );
    assert.equal((exact.length - 2) / 2, 2 * 84);
    assert.ok(exact.startsWith('0x000001'));
    assert.equal((packSpendItems([{ ...item, seat: 1 }], 1).length - 2) / 2, 92);
    assert.equal(packSpendItems([{ ...item, seat: 1 }], spendMode.escrow), packSpendItems([{ ...item, seat: 1 }], 0));
    assert.deepEqual(spendMode, { exact: 0, atMost: 1, escrow: 2 });
    assert.equal(
      itemsHash([
        { seat: 2, amount: 1 },
        { seat: 1, amount: 3 },
      ]),
      itemsHash([
        { seat: 1, amount: 3 },
        { seat: 2, amount: 1 },
      ]),
    );
  });
});
