import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { type Contract, id, Wallet, ZeroAddress } from 'ethers';
import { type Building, createBuilding, FUSD, walletOf } from './support/building.ts';
import { sign } from './support/messages.ts';
import { DAY, type Money, moneyOf } from './support/money.ts';
import { eventsOf, revertOf } from './support/receipts.ts';

describe('deposits', () => {
  let building: Building;
  let back: () => Promise<void>;
  before(async () => {
    building = await createBuilding();
    await building.attest(100n * FUSD);
  });
  beforeEach(async () => {
    back = await building.snapshot();
  });
  afterEach(() => back());
  after(() => building.close());

  const mint = async (seat: number, amount: bigint, change: { ref?: string; by?: Wallet; validUntil?: number } = {}) =>
    building.signMint(
      {
        seat,
        amount,
        depositRef: change.ref ?? building.nextDeposit(),
        validUntil: change.validUntil ?? building.start + 3600,
      },
      change.by,
    );
  const reasons = (event: Record<string, unknown> | undefined) => String(event?.reasons);

  it('are minted to the seat’s key, with their reference', async () => {
    const { token, send, balanceOf, members, minter } = building;
    const ref = id('bank statement 1, line 1');
    const receipt = await send(token, 'mintBatch', [await mint(1, 40n * FUSD, { ref }), await mint(2, 2n * FUSD)]);
    assert.deepEqual(eventsOf(token, receipt, 'DepositMinted')[0], {
      seat: 1n,
      depositRef: ref,
      minter: minter.address,
      amount: 40n * FUSD,
    });
    assert.deepEqual(
      eventsOf(token, receipt, 'DepositsMinted').map((each) => [each.okMask, each.reasons]),
      [[0b11n, '0x']],
    );
    assert.equal(await balanceOf(members[0]!.address), 40n * FUSD);
    assert.equal(await token.getFunction('totalSupply')(), 42n * FUSD);
    assert.equal(await token.getFunction('isMinted')(ref), true);
  });

  it('mint once per reference, whatever else changes', async () => {
    const { token, send, balanceOf, members } = building;
    const ref = id('once');
    await send(token, 'mintBatch', [await mint(1, 10n * FUSD, { ref })]);
    const again = [await mint(1, 10n * FUSD, { ref }), await mint(2, 5n * FUSD, { ref })];
    const receipt = await send(token, 'mintBatch', again);
    assert.equal(reasons(eventsOf(token, receipt, 'DepositsMinted')[0]), '0x0303');
    const twice = id('twice in a batch');
    const batch = [await mint(3, 1n, { ref: twice }), await mint(3, 1n, { ref: twice })];
    assert.equal(await token.getFunction('mintBatch').staticCall(batch), 0b01n);
    assert.equal(await balanceOf(members[0]!.address), 10n * FUSD);
    assert.equal(await token.getFunction('totalSupply')(), 10n * FUSD);
  });

  it('never rise above the attested reserve; what waited is minted later', async () => {
    const { token, send, attest } = building;
    const batch = [await mint(1, 60n * FUSD), await mint(2, 40n * FUSD + 1n), await mint(3, 40n * FUSD)];
    const receipt = await send(token, 'mintBatch', batch);
    assert.equal(reasons(eventsOf(token, receipt, 'DepositsMinted')[0]), '0x000900');
    assert.equal(await token.getFunction('isMinted')(batch[1]!.depositRef), false);
    await attest(140n * FUSD + 1n);
    await send(token, 'mintBatch', batch);
    assert.equal(await token.getFunction('totalSupply')(), 140n * FUSD + 1n);
  });

  it('rest while the reserve is below the supply', async () => {
    const { token, send, attest } = building;
    await send(token, 'mintBatch', [await mint(1, 100n * FUSD)]);
    await attest(50n * FUSD);
    assert.equal(await token.getFunction('attestedReserve')(), 50n * FUSD);
    const receipt = await send(token, 'mintBatch', [await mint(1, 1n)]);
    assert.equal(reasons(eventsOf(token, receipt, 'DepositsMinted')[0]), '0x09');
  });

  it('say why an item was skipped', async () => {
    const { token, send, start, attestor, relayer } = building;
    const torn = await mint(1, 1n);
    const batch = [
      await mint(9, 1n),
      await mint(1, 1n, { validUntil: start - 1 }),
      await mint(1, 0n),
      await mint(1, 1n, { by: walletOf('stranger') }),
      await mint(1, 1n, { by: attestor }),
      await mint(1, 1n, { by: new Wallet(relayer.privateKey) }),
      { ...torn, signature: torn.signature.slice(0, -2) },
      { ...torn, amount: 2n },
      await mint(1, 1n),
    ];
    const receipt = await send(token, 'mintBatch', batch);
    assert.equal(reasons(eventsOf(token, receipt, 'DepositsMinted')[0]), '0x010405060606060600');
    assert.equal(await token.getFunction('totalSupply')(), 1n);
  });

  it('are carried neither by a minter nor by an attestor', async () => {
    const { token, minter, attestor, simulator, provider } = building;
    for (const officer of [minter, attestor]) {
      await simulator.request('hardhat_setBalance', [officer.address, '0xde0b6b3a7640000']);
      const own = token.connect(new Wallet(officer.privateKey, provider)) as Contract;
      assert.equal(await revertOf(token, own.getFunction('mintBatch')([])), `CarrierIsOfficer(${officer.address})`);
      assert.equal(
        await revertOf(token, own.getFunction('attest')(1, id('x'), 9, 1, '0x')),
        `CarrierIsOfficer(${officer.address})`,
      );
    }
  });

  it('take at most 256 in a batch', async () => {
    const item = await mint(1, 1n);
    assert.equal(
      await revertOf(building.token, building.token.getFunction('mintBatch')(Array(257).fill(item))),
      'TooManyItems(257)',
    );
  });
});

describe('officers', () => {
  const ALLOWANCE = 100n * FUSD;
  const second = walletOf('second minter');
  let building: Building;
  let money: Money;
  /** Does at once what the authority may do after its delay. */
  let authority: Contract;
  let back: () => Promise<void>;
  before(async () => {
    building = await createBuilding({ config: { minterDailyAllowanceMicros: Number(ALLOWANCE) } });
    money = moneyOf(building);
    authority = await money.obey(building.stranger);
    await building.attest(10_000n * FUSD);
    await money.toMorning();
  });
  beforeEach(async () => {
    back = await building.snapshot();
  });
  afterEach(() => back());
  after(() => building.close());

  const minted = async (amounts: readonly bigint[], by = building.minter) => {
    const items = amounts.map((amount, index) =>
      building.signMint({ seat: index + 1, amount, depositRef: building.nextDeposit(), validUntil: money.until }, by),
    );
    return { items, reasons: (await money.carried('mintBatch', items)).reasons };
  };

  it('mint within their allowance of the day (UTC); what was over it passes on another', async () => {
    const { reasons, items } = await minted([60n * FUSD, 40n * FUSD + 1n, 40n * FUSD, 1n]);
    assert.equal(reasons, '0x000a000a');
    assert.equal(await money.supply(), ALLOWANCE);
    const day = BigInt(Math.floor((await building.now()) / DAY));
    assert.deepEqual(
      [...((await money.read('minterOf', building.minter.address)) as unknown[])],
      [ALLOWANCE, ALLOWANCE, day],
    );
    const midnight = Number(day + 1n) * DAY;
    await building.simulator.request('evm_setNextBlockTimestamp', [midnight - 1]);
    assert.equal((await money.carried('mintBatch', items)).reasons, '0x030a030a');
    await building.simulator.request('evm_setNextBlockTimestamp', [midnight]);
    assert.equal((await money.carried('mintBatch', items)).reasons, '0x03000300');
    assert.equal((await minted([60n * FUSD])).reasons, '0x0a');
  });

  it('have an allowance each', async () => {
    const { send, token } = building;
    const receipt = await send(authority, 'setMinter', second.address, 5n * FUSD);
    assert.deepEqual(eventsOf(token, receipt, 'MinterSet'), [
      { actor: building.stranger.address, key: second.address, oldDailyAllowance: 0n, newDailyAllowance: 5n * FUSD },
    ]);
    assert.equal((await minted([ALLOWANCE])).reasons, '0x');
    assert.equal((await minted([5n * FUSD, 1n], second)).reasons, '0x000a');
  });

  it('are allowed more or less without forgetting what they minted today', async () => {
    const { send, minter, token } = building;
    await minted([80n * FUSD]);
    const [event] = eventsOf(token, await send(authority, 'setMinter', minter.address, 90n * FUSD), 'MinterSet');
    assert.deepEqual([event?.oldDailyAllowance, event?.newDailyAllowance], [ALLOWANCE, 90n * FUSD]);
    assert.equal((await minted([10n * FUSD + 1n, 10n * FUSD])).reasons, '0x0a00');
    await send(authority, 'removeMinter', minter.address);
    await send(authority, 'setMinter', minter.address, 95n * FUSD);
    assert.equal((await minted([5n * FUSD + 1n, 5n * FUSD])).reasons, '0x0a00');
    await send(authority, 'setMinter', minter.address, 50n * FUSD);
    assert.equal((await minted([1n])).reasons, '0x0a');
  });

  it('are removed at once, with all that they signed and nobody carried', async () => {
    const { send, minter, attestor, token, now } = building;
    const removed = await send(authority, 'removeMinter', minter.address);
    assert.deepEqual(eventsOf(token, removed, 'MinterSet'), [
      { actor: building.stranger.address, key: minter.address, oldDailyAllowance: ALLOWANCE, newDailyAllowance: 0n },
    ]);
    assert.equal(await money.read('isMinter', minter.address), false);
    assert.equal((await minted([1n])).reasons, '0x06');
    const gone = await send(authority, 'removeAttestor', attestor.address);
    assert.deepEqual(eventsOf(token, gone, 'AttestorSet'), [
      { actor: building.stranger.address, key: attestor.address, was: true, is_: false },
    ]);
    assert.ok((await now()) > 0);
    assert.equal(await money.refused(building.attest(1n)), `NotAnAttestor(${attestor.address})`);
    assert.equal(await money.read('attestedReserve'), 10_000n * FUSD);
  });

  it('are never minter and attestor in one, and never nobody', async () => {
    const { minter, attestor, send } = building;
    const set = (fn: string, key: string, value: unknown) => money.refused(authority.getFunction(fn)(key, value));
    assert.equal(await set('setMinter', attestor.address, 1), `RolesOverlap(${attestor.address})`);
    assert.equal(await set('setAttestor', minter.address, true), `RolesOverlap(${minter.address})`);
    assert.equal(await set('setMinter', ZeroAddress, 1), `RolesOverlap(${ZeroAddress})`);
    assert.equal(await set('setAttestor', ZeroAddress, true), `RolesOverlap(${ZeroAddress})`);
    await send(authority, 'removeMinter', minter.address);
    await send(authority, 'setAttestor', minter.address, true);
    assert.equal(await money.read('isAttestor', minter.address), true);
    await send(authority, 'setAttestor', minter.address, false);
    assert.equal(await money.read('isAttestor', minter.address), false);
  });

  it('are named and removed by nobody but the authority', async () => {
    const { relayer, board, members, minter, attestor } = building;
    for (const wallet of [relayer, board[0]!, members[0]!, minter, attestor]) {
      const hand = await money.as(wallet);
      for (const [fn, ...args] of [
        ['setMinter', second.address, 1],
        ['removeMinter', minter.address],
        ['setAttestor', second.address, true],
        ['removeAttestor', attestor.address],
      ] as const) {
        const refused = await money.refused(hand.getFunction(fn)(...args));
        assert.equal(refused, `AccessManagedUnauthorized(${wallet.address})`);
      }
    }
  });

  it('cannot mint to nobody: a seat that was never issued waits', async () => {
    const item = building.signMint({
      seat: 9,
      amount: 1n,
      depositRef: building.nextDeposit(),
      validUntil: money.until,
    });
    assert.equal((await money.carried('mintBatch', [item])).reasons, '0x01');
    await money.registry.issue([money.registry.guest(9, second.address)], [building.board[0]!]);
    assert.equal((await money.carried('mintBatch', [item])).reasons, '0x');
    assert.equal(await building.balanceOf(second.address), 1n);
  });
});

describe('attestations', () => {
  let building: Building;
  before(async () => {
    building = await createBuilding();
  });
  after(() => building.close());

  it('are recorded with their document, old and new', async () => {
    const { token, attest, attestor } = building;
    await attest(7n);
    const [event] = eventsOf(token, await attest(9n), 'ReserveAttested');
    assert.deepEqual(
      [event?.attestor, event?.sequence, event?.oldReserve, event?.newReserve],
      [attestor.address, 2n, 7n, 9n],
    );
    assert.equal(await token.getFunction('attestationSequence')(), 2n);
    assert.equal(await token.getFunction('attestationTakenAt')(), event?.takenAt);
  });

  it('are refused when stale, from the future, or signed by no attestor', async () => {
    const { token, domain, attestor, minter, now } = building;
    const takenAt = await now();
    const value = { reserve: 50n, documentHash: id('doc'), sequence: 3, takenAt };
    const call = (change: object, by = attestor, signed: object = change): Promise<unknown> => {
      const sent = { ...value, ...change };
      const signature = sign(by, domain, 'Attestation', { ...value, ...signed });
      return token.getFunction('attest')(sent.reserve, sent.documentHash, sent.sequence, sent.takenAt, signature);
    };
    assert.equal(await revertOf(token, call({ sequence: 2 })), 'StaleAttestation(2,2)');
    assert.equal(await revertOf(token, call({ sequence: 1 })), 'StaleAttestation(2,1)');
    assert.equal(
      await revertOf(token, call({ takenAt: takenAt + 1_000_000 })),
      `AttestationFromFuture(${takenAt + 1_000_000})`,
    );
    assert.equal(await revertOf(token, call({}, minter)), `NotAnAttestor(${minter.address})`);
    assert.match(await revertOf(token, call({ reserve: 51n }, attestor, {})), /^NotAnAttestor/);
    assert.equal(await token.getFunction('attestedReserve')(), 9n);
  });
});
