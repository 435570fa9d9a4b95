import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type ContractTransactionReceipt, id } from 'ethers';
import { boardroomOf } from './support/boardroom.ts';
import { type Building, createBuilding, FUSD, walletOf } from './support/building.ts';
import { type Money, moneyOf } from './support/money.ts';
import { RESIDENT, type registryOf } from './support/registry.ts';

/** Sends one message that is good until then; refuses by an error, or reports it as skipped by answering false. */
type Act = (validUntil: number) => Promise<ContractTransactionReceipt | boolean>;

describe('a signed message counts in the last second of its time and not in the next', () => {
  let building: Building;
  let money: Money;
  let registry: ReturnType<typeof registryOf>;
  before(async () => {
    building = await createBuilding({ members: 3 });
    money = moneyOf(building);
    registry = money.registry;
    await building.fund([1, 2], 100n * FUSD);
    await building.attest(1000n * FUSD);
    await registry.changeKey(2, walletOf('announced'));
    await money.carried('requestRedemptions', [money.redeem(1, 5n * FUSD, { ref: id('pending') })]);
  });
  after(() => building.close());

  const wasDone = async (batch: Promise<{ okMask: bigint }>): Promise<boolean> => (await batch).okMask === 1n;
  const dailyLimit: Act = async (validUntil) => {
    const value = { seat: 1, limit: 50n * FUSD, revision: 1, validUntil };
    const fields = [
      { name: 'seat', type: 'uint24' },
      { name: 'limit', type: 'uint64' },
      { name: 'revision', type: 'uint32' },
      { name: 'validUntil', type: 'uint40' },
    ];
    const signature = await building.members[0]!.signTypedData(building.domain, { DailyLimit: fields }, value);
    return building.send(building.token, 'setDailyLimit', 1, value.limit, 1, validUntil, signature);
  };
  const permit: Act = async (deadline) => {
    const { address } = building.members[0]!;
    const fields = ['address owner', 'address spender', 'uint256 value', 'uint256 nonce', 'uint256 deadline'].map(
      (each) => {
        const [type, name] = each.split(' ') as [string, string];
        return { name, type };
      },
    );
    const value = { owner: address, spender: building.payee, value: 7, nonce: 0, deadline };
    const signature = await building.members[0]!.signTypedData(building.domain, { Permit: fields }, value);
    const fn = 'permit(address,address,uint256,uint256,bytes)';
    return building.send(building.token, fn, address, building.payee, 7, deadline, signature);
  };
  const acts: Readonly<Record<string, Act>> = {
    'Issue, and all that the board signs': (validUntil) =>
      registry.issue(
        [{ seat: 9, key: walletOf('nine').address, class: RESIDENT, dwelling: id('nine') }],
        registry.two(),
        validUntil,
      ),
    SealFounding: (validUntil) => registry.seal(building.board[0]!, validUntil),
    ChangeKey: (validUntil) => registry.changeKey(1, walletOf('another'), { validUntil }),
    CancelKeyChange: (validUntil) => registry.cancelKeyChange(2, 2, [building.members[1]!], validUntil),
    Call: async (validUntil) => {
      const data = building.token.interface.encodeFunctionData('approve', [building.payee, 1]);
      const call = await boardroomOf(building).signedCall(building.token.target, data, { validUntil });
      return building.send(building.boardroom, 'execute', ...call);
    },
    DailyLimit: dailyLimit,
    Permit: permit,
    Payout: (validUntil) => money.confirm(id('pending'), { validUntil }),
    Restore: (validUntil) => money.restore(id('pending'), { validUntil }),
    Redeem: (validUntil) => wasDone(money.carried('requestRedemptions', [money.redeem(1, FUSD, { validUntil })])),
    Transfer: (validUntil) =>
      wasDone(money.carried('transferBatch', [money.transfer(1, building.payee, FUSD, { validUntil })])),
    Mint: (validUntil) => {
      const item = building.signMint({ seat: 1, amount: FUSD, depositRef: id('last'), validUntil });
      return wasDone(money.carried('mintBatch', [item]));
    },
    Spend: async (validUntil) => {
      const order = { subject: building.subject('last'), terms: building.terms({ target: 1n }) };
      const item = building.spend(1, FUSD, order, { validUntil });
      await building.send(building.book, 'settle', [building.orderOf(order, [item])]);
      return (await building.token.getFunction('isUsed')(order.subject, 1)) as boolean;
    },
  };

  for (const [name, act] of Object.entries(acts)) {
    it(name, async () => {
      for (const late of [0, 1]) {
        const back = await building.snapshot();
        const validUntil = (await building.now()) + 100;
        await building.simulator.request('evm_setNextBlockTimestamp', [validUntil + late]);
        const done = await act(validUntil).then(
          (answer) => answer !== false,
          (error: { code?: string }) => {
            assert.equal(error.code, 'CALL_EXCEPTION');
            return false;
          },
        );
        assert.equal(done, late === 0, `${late} seconds late`);
        await back();
      }
    });
  }

  it('and what was announced is done from its second on', async () => {
    const { effectiveAt } = await building.seats.getFunction('keyChangeOf')(2);
    await building.simulator.request('evm_setNextBlockTimestamp', [Number(effectiveAt) - 1]);
    await assert.rejects(registry.applyKeyChange(2), { code: 'CALL_EXCEPTION' });
    await building.simulator.request('evm_setNextBlockTimestamp', [Number(effectiveAt)]);
    await registry.applyKeyChange(2);
    assert.equal(await building.seats.getFunction('keyOf')(2), walletOf('announced').address);
  });
});
