import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import {
  type BaseContract,
  ContractFactory,
  concat,
  hexlify,
  id,
  MaxUint256,
  Signature,
  type Wallet,
  ZeroAddress,
} from 'ethers';
import { compile } from '../build.ts';
import { type Building, createBuilding, FUSD, walletOf } from './support/building.ts';
import { type Fields, type MessageName, sign } from './support/messages.ts';
import { type Money, moneyOf, type SignedBy } from './support/money.ts';
import { eventsOf } from './support/receipts.ts';

/** Order of secp256k1. */
const N = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const BYTES = {
  permit: 'permit(address,address,uint256,uint256,bytes)',
  transfer: 'transferWithAuthorization(address,address,uint256,uint256,uint256,bytes32,bytes)',
  receive: 'receiveWithAuthorization(address,address,uint256,uint256,uint256,bytes32,bytes)',
  cancel: 'cancelAuthorization(address,bytes32,bytes)',
};
const VRS = {
  permit: 'permit(address,address,uint256,uint256,uint8,bytes32,bytes32)',
  transfer: 'transferWithAuthorization(address,address,uint256,uint256,uint256,bytes32,uint8,bytes32,bytes32)',
  receive: 'receiveWithAuthorization(address,address,uint256,uint256,uint256,bytes32,uint8,bytes32,bytes32)',
  cancel: 'cancelAuthorization(address,bytes32,uint8,bytes32,bytes32)',
};

describe('what a holder signs instead of sending', () => {
  let building: Building;
  let money: Money;
  let back: () => Promise<void>;
  let safe: BaseContract;
  let owner: Wallet;
  const spender = walletOf('spender');
  const to = walletOf('receiver');
  const keys = [walletOf('wallet key 1'), walletOf('wallet key 2')] as const;
  before(async () => {
    building = await createBuilding({ config: { defaultDailyLimitMicros: Number(50n * FUSD) } });
    money = moneyOf(building);
    owner = building.members[0]!;
    await building.fund([1, 2, 3], 100n * FUSD);
    const { abi, bytecode } = await (await compile())('test/contracts/SmartWallet.sol:SmartWallet');
    safe = await new ContractFactory(abi as never[], bytecode, building.deployer).deploy(
      keys[0].address,
      keys[1].address,
    );
    await safe.waitForDeployment();
    await building.send(await money.as(building.members[1]!), 'transfer', safe.target, 40n * FUSD);
    await money.toMorning();
  });
  beforeEach(async () => {
    back = await building.snapshot();
  });
  afterEach(() => back());
  after(() => building.close());

  const signed = (type: MessageName, value: Fields, change: SignedBy) =>
    sign(change.by ?? owner, { ...building.domain, ...change.domain }, type, value);
  const both = (type: MessageName, value: Fields) => concat(keys.map((by) => signed(type, value, { by })));
  const vrs = (signature: string) => {
    const { v, r, s } = Signature.from(signature);
    return [v, r, s] as const;
  };
  /** The same signature with s on the upper half. */
  const mirrored = (signature: string): string => {
    const { v, r, s } = Signature.from(signature);
    return concat([
      r,
      `0x${(N - BigInt(s)).toString(16).padStart(64, '0')}`,
      hexlify(new Uint8Array([v === 27 ? 28 : 27])),
    ]);
  };
  const call = (fn: string, ...args: unknown[]) => building.send(building.token, fn, ...args);
  const refused = (fn: string, ...args: unknown[]) => money.refused(building.token.getFunction(fn)(...args));

  describe('permit (EIP-2612)', () => {
    const permitOf = (change: Partial<{ owner: string; value: bigint; nonce: number; deadline: number }> = {}) => ({
      owner: change.owner ?? owner.address,
      spender: spender.address,
      value: change.value ?? 30n * FUSD,
      nonce: change.nonce ?? 0,
      deadline: change.deadline ?? money.until,
    });
    const argsOf = (value: ReturnType<typeof permitOf>) => [value.owner, value.spender, value.value, value.deadline];

    it('gives an allowance by signature, once', async () => {
      const { token } = building;
      const value = permitOf();
      const signature = signed('Permit', value, {});
      const receipt = await call(VRS.permit, ...argsOf(value), ...vrs(signature));
      assert.deepEqual(eventsOf(token, receipt, 'Approval'), [
        { owner: owner.address, spender: spender.address, value: 30n * FUSD },
      ]);
      assert.equal(await money.read('allowance', owner.address, spender.address), 30n * FUSD);
      assert.equal(await money.read('nonces', owner.address), 1n);
      const again = `NotSignedByAccount(${owner.address})`;
      assert.equal(await refused(VRS.permit, ...argsOf(value), ...vrs(signature)), again);
      assert.equal(await refused(BYTES.permit, ...argsOf(value), signature), again);
      const next = permitOf({ nonce: 1, value: MaxUint256 });
      await call(BYTES.permit, ...argsOf(next), signed('Permit', next, {}));
      assert.equal(await money.read('allowance', owner.address, spender.address), MaxUint256);
    });

    it('brought by somebody else first leaves the owner what the permit was for', async () => {
      const { send, balanceOf, stranger } = building;
      const value = permitOf();
      const signature = signed('Permit', value, {});
      await send(await money.as(stranger), VRS.permit, ...argsOf(value), ...vrs(signature));
      assert.match(await refused(VRS.permit, ...argsOf(value), ...vrs(signature)), /^NotSignedByAccount/);
      await send(await money.as(spender), 'transferFrom', owner.address, to.address, 30n * FUSD);
      assert.equal(await balanceOf(to.address), 30n * FUSD);
      assert.equal(await balanceOf(stranger.address), 0n);
    });

    it('is refused late, altered, foreign, mirrored or empty', async () => {
      const value = permitOf();
      const signature = signed('Permit', value, {});
      const no = `NotSignedByAccount(${owner.address})`;
      const late = permitOf({ deadline: building.start });
      assert.equal(
        await refused(BYTES.permit, ...argsOf(late), signed('Permit', late, {})),
        `MessageExpired(${building.start})`,
      );
      for (const other of [{ value: 31n * FUSD }, { deadline: value.deadline + 1 }]) {
        assert.equal(await refused(BYTES.permit, ...argsOf(permitOf(other)), signature), no);
      }
      assert.equal(await refused(BYTES.permit, owner.address, to.address, value.value, value.deadline, signature), no);
      const foreign = [{ chainId: 31_998 }, { verifyingContract: to.address }];
      for (const domain of foreign) {
        assert.equal(await refused(BYTES.permit, ...argsOf(value), signed('Permit', value, { domain })), no);
      }
      assert.equal(await refused(BYTES.permit, ...argsOf(value), signed('Permit', value, { by: spender })), no);
      assert.equal(await refused(BYTES.permit, ...argsOf(value), mirrored(signature)), no);
      assert.equal(await refused(BYTES.permit, ...argsOf(value), '0x'), no);
      const skipped = permitOf({ nonce: 1 });
      assert.equal(await refused(BYTES.permit, ...argsOf(skipped), signed('Permit', skipped, {})), no);
      const [r, s] = [id('r'), `0x${'00'.repeat(32)}`];
      const nobody = [ZeroAddress, spender.address, 1n, value.deadline];
      assert.equal(await refused(VRS.permit, ...nobody, 27, r, s), `NotSignedByAccount(${ZeroAddress})`);
      assert.equal(await money.read('nonces', owner.address), 0n);
      await call(BYTES.permit, ...argsOf(value), signature);
    });

    it('of a wallet that is a contract is what the wallet says', async () => {
      const value = permitOf({ owner: String(safe.target) });
      const no = `NotSignedByAccount(${String(safe.target)})`;
      const one = signed('Permit', value, { by: keys[0] });
      assert.equal(await refused(VRS.permit, ...argsOf(value), ...vrs(one)), no);
      assert.equal(await refused(BYTES.permit, ...argsOf(value), one), no);
      const signature = both('Permit', value);
      for (const mood of [1, 2, 3]) {
        await (await safe.getFunction('behave')(mood)).wait();
        assert.equal(await refused(BYTES.permit, ...argsOf(value), signature), no);
      }
      await (await safe.getFunction('behave')(0)).wait();
      await call(BYTES.permit, ...argsOf(value), signature);
      assert.equal(await money.read('allowance', safe.target, spender.address), 30n * FUSD);
      assert.equal(await refused(BYTES.permit, ...argsOf(value), signature), no);
    });
  });

  describe('an authorization (ERC-3009)', () => {
    const authorizationOf = (
      change: Partial<{
        from: string;
        to: string;
        value: bigint;
        validAfter: number;
        validBefore: number;
        nonce: string;
      }> = {},
    ) => ({
      from: owner.address,
      to: to.address,
      value: 30n * FUSD,
      validAfter: 0,
      validBefore: money.until,
      nonce: id('authorization'),
      ...change,
    });
    const argsOf = (value: ReturnType<typeof authorizationOf>) => [
      value.from,
      value.to,
      value.value,
      value.validAfter,
      value.validBefore,
      value.nonce,
    ];
    const TRANSFER = 'TransferWithAuthorization';
    const RECEIVE = 'ReceiveWithAuthorization';

    it('moves what was signed, once, in either form of the signature', async () => {
      const { token, balanceOf } = building;
      const value = authorizationOf();
      const signature = signed(TRANSFER, value, {});
      const used = `AuthorizationWasUsed(${owner.address},${value.nonce})`;
      assert.equal(await money.read('authorizationState', owner.address, value.nonce), false);
      const receipt = await call(VRS.transfer, ...argsOf(value), ...vrs(signature));
      assert.deepEqual(eventsOf(token, receipt, 'AuthorizationUsed'), [
        { authorizer: owner.address, nonce: value.nonce },
      ]);
      assert.deepEqual(eventsOf(token, receipt, 'Transfer'), [
        { from: owner.address, to: to.address, value: 30n * FUSD },
      ]);
      assert.equal(await money.read('authorizationState', owner.address, value.nonce), true);
      assert.equal(await refused(VRS.transfer, ...argsOf(value), ...vrs(signature)), used);
      assert.equal(await refused(BYTES.transfer, ...argsOf(value), signature), used);
      const other = authorizationOf({ nonce: id('another'), value: 5n * FUSD });
      await call(BYTES.transfer, ...argsOf(other), signed(TRANSFER, other, {}));
      assert.equal(await balanceOf(to.address), 35n * FUSD);
    });

    it('to be received is brought by the receiver alone', async () => {
      const { send, balanceOf } = building;
      const receiver = await money.as(to);
      const [first, second] = [
        authorizationOf({ value: 10n * FUSD }),
        authorizationOf({ value: 7n * FUSD, nonce: id('second') }),
      ];
      const signature = signed(RECEIVE, first, {});
      const alone = `CallerIsNotReceiver(${to.address})`;
      assert.equal(await refused(VRS.receive, ...argsOf(first), ...vrs(signature)), alone);
      assert.equal(await refused(BYTES.receive, ...argsOf(first), signature), alone);
      // The other message's signature does not serve, in either direction.
      assert.match(await refused(BYTES.transfer, ...argsOf(first), signature), /^NotSignedByAccount/);
      const crossed = receiver.getFunction(BYTES.receive)(...argsOf(first), signed(TRANSFER, first, {}));
      assert.match(await money.refused(crossed), /^NotSignedByAccount/);
      await send(receiver, VRS.receive, ...argsOf(first), ...vrs(signature));
      await send(receiver, BYTES.receive, ...argsOf(second), signed(RECEIVE, second, {}));
      assert.equal(await balanceOf(to.address), 17n * FUSD);
      const again = receiver.getFunction(BYTES.receive)(...argsOf(first), signature);
      assert.equal(await money.refused(again), `AuthorizationWasUsed(${owner.address},${first.nonce})`);
    });

    it('is taken back by its signer before it is used', async () => {
      const { token } = building;
      for (const form of ['vrs', 'bytes']) {
        const value = authorizationOf({ nonce: id(form) });
        const cancel = { authorizer: owner.address, nonce: value.nonce };
        const signature = signed('CancelAuthorization', cancel, {});
        const forged = signed('CancelAuthorization', cancel, { by: spender });
        assert.match(await refused(BYTES.cancel, owner.address, value.nonce, forged), /^NotSignedByAccount/);
        const receipt =
          form === 'vrs'
            ? await call(VRS.cancel, owner.address, value.nonce, ...vrs(signature))
            : await call(BYTES.cancel, owner.address, value.nonce, signature);
        assert.deepEqual(eventsOf(token, receipt, 'AuthorizationCanceled'), [cancel]);
        const used = `AuthorizationWasUsed(${owner.address},${value.nonce})`;
        assert.equal(await refused(BYTES.transfer, ...argsOf(value), signed(TRANSFER, value, {})), used);
        assert.equal(await refused(BYTES.cancel, owner.address, value.nonce, signature), used);
      }
      assert.equal(await building.balanceOf(to.address), 0n);
    });

    it('counts between its two moments, neither of them included', async () => {
      const now = await building.now();
      const value = authorizationOf({ validAfter: now + 100, validBefore: now + 200 });
      const signature = signed(TRANSFER, value, {});
      const { warpTo, simulator } = building;
      await warpTo(now + 98);
      assert.equal(await refused(BYTES.transfer, ...argsOf(value), signature), `NotYetValid(${now + 100})`);
      await warpTo(now + 99);
      assert.equal(await refused(BYTES.transfer, ...argsOf(value), signature), `NotYetValid(${now + 100})`);
      const inTime = await building.snapshot();
      await simulator.request('evm_setNextBlockTimestamp', [now + 101]);
      await call(BYTES.transfer, ...argsOf(value), signature);
      await inTime();
      await warpTo(now + 199);
      assert.equal(await refused(BYTES.transfer, ...argsOf(value), signature), `MessageExpired(${now + 200})`);
    });

    it('is refused altered, foreign, mirrored or empty', async () => {
      const value = authorizationOf();
      const signature = signed(TRANSFER, value, {});
      const no = `NotSignedByAccount(${owner.address})`;
      const changes = [
        { to: spender.address },
        { value: 29n * FUSD },
        { validAfter: 1 },
        { validBefore: value.validBefore + 1 },
        { nonce: id('unsigned') },
      ];
      for (const change of changes)
        assert.equal(await refused(BYTES.transfer, ...argsOf(authorizationOf(change)), signature), no);
      const other = authorizationOf({ from: building.members[2]!.address });
      assert.equal(await refused(BYTES.transfer, ...argsOf(other), signature), `NotSignedByAccount(${other.from})`);
      for (const domain of [{ chainId: 31_998 }, { verifyingContract: to.address }]) {
        assert.equal(await refused(BYTES.transfer, ...argsOf(value), signed(TRANSFER, value, { domain })), no);
      }
      assert.equal(await refused(BYTES.transfer, ...argsOf(value), mirrored(signature)), no);
      assert.equal(await refused(BYTES.transfer, ...argsOf(value), '0x'), no);
      const nobody = authorizationOf({ from: ZeroAddress, value: 0n });
      assert.equal(await refused(BYTES.transfer, ...argsOf(nobody), '0x'), `NotSignedByAccount(${ZeroAddress})`);
      assert.equal(await money.read('authorizationState', owner.address, value.nonce), false);
      await call(BYTES.transfer, ...argsOf(value), signature);
    });

    it('is not used up by a transfer that fails, and counts against the daily limit', async () => {
      const tooMuch = authorizationOf({ value: 51n * FUSD });
      const signature = signed(TRANSFER, tooMuch, {});
      assert.equal(
        await refused(BYTES.transfer, ...argsOf(tooMuch), signature),
        `DailyLimitExceeded(${owner.address},${50n * FUSD},${51n * FUSD})`,
      );
      const unfunded = authorizationOf({ value: 101n * FUSD });
      assert.match(
        await refused(BYTES.transfer, ...argsOf(unfunded), signed(TRANSFER, unfunded, {})),
        /^ERC20InsufficientBalance/,
      );
      assert.equal(await money.read('authorizationState', owner.address, tooMuch.nonce), false);
      const value = authorizationOf();
      await call(BYTES.transfer, ...argsOf(value), signed(TRANSFER, value, {}));
      assert.equal(await money.read('leftToday', owner.address), 20n * FUSD);
    });

    it('moves nothing out of a frozen account', async () => {
      await money.registry.freeze(1, true, 1);
      await call('mirror', [1]);
      const value = authorizationOf();
      assert.equal(
        await refused(BYTES.transfer, ...argsOf(value), signed(TRANSFER, value, {})),
        `AccountIsFrozen(${owner.address})`,
      );
    });

    it('of a wallet that is a contract is what the wallet says', async () => {
      const { balanceOf } = building;
      const from = String(safe.target);
      const no = `NotSignedByAccount(${from})`;
      const value = authorizationOf({ from });
      assert.equal(await refused(VRS.transfer, ...argsOf(value), ...vrs(signed(TRANSFER, value, { by: keys[0] }))), no);
      const cancelled = authorizationOf({ from, nonce: id('cancelled') });
      await call(
        BYTES.cancel,
        from,
        cancelled.nonce,
        both('CancelAuthorization', { authorizer: from, nonce: cancelled.nonce }),
      );
      assert.match(
        await refused(BYTES.transfer, ...argsOf(cancelled), both(TRANSFER, cancelled)),
        /^AuthorizationWasUsed/,
      );
      await (await safe.getFunction('behave')(2)).wait();
      assert.equal(await refused(BYTES.transfer, ...argsOf(value), both(TRANSFER, value)), no);
      await (await safe.getFunction('behave')(0)).wait();
      await call(BYTES.transfer, ...argsOf(value), both(TRANSFER, value));
      const received = authorizationOf({ from, value: 10n * FUSD, nonce: id('received') });
      await building.send(await money.as(to), BYTES.receive, ...argsOf(received), both(RECEIVE, received));
      assert.deepEqual([await balanceOf(from), await balanceOf(to.address)], [0n, 40n * FUSD]);
    });
  });
});
