import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Contract, ContractFactory, type InterfaceAbi } from 'ethers';
import { gates } from '../bench/gas.ts';
import { escrowGas, settleGas, transferGas } from '../bench/measure.ts';
import { compile } from '../build.ts';
import { type Building, createBuilding, FUSD } from './support/building.ts';
import { eventsOf } from './support/receipts.ts';

describe('gas, with messages that the hub’s own code signs', () => {
  let building: Building;
  before(async () => {
    building = await createBuilding({ members: 100 });
    const seats = building.members.map((_, index) => index + 1);
    await building.fund(seats.slice(0, 50), 100n * FUSD);
    await building.fund(seats.slice(50), 100n * FUSD);
    await settleGas(building, 999, 1);
  });
  after(() => building.close());

  it('stays within its gates', async () => {
    const fifty = await settleGas(building, 50, 50);
    const hundred = await settleGas(building, 100, 100);
    assert.ok(fifty <= gates.settle50, `50 joins: ${fifty}`);
    assert.ok((hundred - fifty) / 50 <= gates.settleMarginal, `a further join: ${(hundred - fifty) / 50}`);
  });

  it('stays within its gates in escrow, with the execution in the same call', async () => {
    const fifty = await escrowGas(building, 1050, 50, false);
    const hundred = await escrowGas(building, 1100, 100, false);
    const executed = await escrowGas(building, 2050, 50, true);
    assert.ok(fifty <= gates.escrow50, `50 joins that wait: ${fifty}`);
    assert.ok(executed <= gates.escrow50, `50 joins and the execution: ${executed}`);
    assert.ok((hundred - fifty) / 50 <= gates.escrowMarginal, `a further join: ${(hundred - fifty) / 50}`);
  });

  it('transfers for at most a quarter more than an ERC-20 that checks nothing', async () => {
    const { deployer, members, send, simulator, token } = building;
    const { abi, bytecode } = await (await compile())('bench/PlainToken.sol:PlainToken');
    const made = await new ContractFactory(abi as InterfaceAbi, bytecode, deployer).deploy();
    for (const each of members.slice(0, 2)) await send(made as Contract, 'mint', each.address, 100n * FUSD);
    await simulator.request('hardhat_setBalance', [members[0]!.address, '0x56bc75e2d63100000']);
    const plain = await transferGas(building, made as Contract);
    const foodUsd = await transferGas(building, token);
    // What OpenZeppelin's takes: were it more, the comparison would flatter.
    assert.ok(plain > 34_000 && plain < 34_400, `OpenZeppelin’s: ${plain}`);
    assert.ok(foodUsd <= gates.transferRatio * plain, `${foodUsd} beside ${plain}`);
  });

  it('fails as a whole on too little gas, and never skips an order for it', async () => {
    const { book, spend, orderOf, provider, subject, terms } = building;
    const order = { subject: subject('little gas'), terms: terms({ target: 50n * FUSD }) };
    const items = Array.from({ length: 50 }, (_, index) => spend(index + 1, FUSD, order));
    const settle = book.getFunction('settle');
    // From above the price of the calldata alone.
    for (let gasLimit = 200_000; gasLimit < 850_000; gasLimit += 25_000) {
      const { hash } = await settle([orderOf(order, items)], { gasLimit });
      const receipt = await provider.getTransactionReceipt(hash);
      assert.equal(receipt?.status, 0, `with ${gasLimit}`);
    }
    const receipt = await building.send(book, 'settle', [orderOf(order, items)]);
    assert.equal(eventsOf(book, receipt, 'OrderSettled')[0]?.newTotal, 50n * FUSD);
  });
});
