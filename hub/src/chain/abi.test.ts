import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createAbis } from './abi.ts';
import { createCodec } from './codec.ts';

const committed = new URL('../../../contracts/abi/', import.meta.url);
const word = (hex: string) => hex.padStart(64, '0');

describe('calls against the committed ABIs', () => {
  const abis = createAbis(committed);

  it('takes calls that the contracts have', () => {
    abis.check([
      { contract: 'FoodUSD', fn: 'usedWord', inputs: ['bytes32', 'uint256'] },
      { contract: 'FoodUSD', fn: 'mintBatch', inputs: ['(uint24,uint64,bytes32,uint40,bytes)[]'] },
      { contract: 'GroupBuying', fn: 'settle' },
    ]);
  });

  for (const [what, call, rule] of [
    ['a contract without an ABI', { contract: 'Moon', fn: 'x' }, 'Moon: has no readable ABI'],
    ['a name that is a path', { contract: '../package', fn: 'x' }, '../package: is not the name of a contract'],
    ['a function that is missing', { contract: 'FoodUSD', fn: 'mintAll' }, 'FoodUSD.mintAll: is not in the ABI'],
    [
      'other types',
      { contract: 'FoodUSD', fn: 'usedWord', inputs: ['bytes32', 'uint24'] },
      'FoodUSD.usedWord: takes (bytes32, uint256), not (bytes32, uint24)',
    ],
  ] as const) {
    it(`refuses ${what}, by name`, () => {
      assert.throws(() => abis.check([call]), { code: 'config_invalid', message: rule });
    });
  }
});

describe('the codec', () => {
  const codec = createCodec(createAbis(committed));

  it('turns plain values into the bytes of the Solidity ABI', async () => {
    const call = { contract: 'FoodUSD', fn: 'isUsed', args: [`0x${'ab'.repeat(32)}`, 24] };
    const data = await codec.encode(call);
    assert.equal(data.slice(10), 'ab'.repeat(32) + word('18'));
  });

  it('reads an ERC-20 transfer by the names of its parameters', async () => {
    const transfer = '0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef';
    const topics = [transfer, `0x${word('a1'.repeat(20))}`, `0x${word('b2'.repeat(20))}`] as const;
    const event = await codec.event('FoodUSD', { topics, data: `0x${word('f4240')}` });
    assert.deepEqual(event, {
      name: 'Transfer',
      args: { from: `0x${'a1'.repeat(20)}`, to: `0x${'b2'.repeat(20)}`, value: 1_000_000n },
    });
    assert.equal(await codec.event('FoodUSD', { topics: [`0x${'77'.repeat(32)}`], data: '0x' }), undefined);
  });

  it('gives arrays and addresses as plain values', async () => {
    const call = { contract: 'SeatRegistry', fn: 'wordsOf', args: [[1, 2]] };
    const data = `0x${word('20')}${word('2')}${word('7')}${word('8')}` as const;
    assert.deepEqual(await codec.decode(call, data), [7n, 8n]);
    const key = { contract: 'SeatRegistry', fn: 'keyOf', args: [1] };
    assert.equal(
      await codec.decode(key, `0x${word('F39Fd6e51aad88F6F4ce6aB8827279cffFb92266')}`),
      '0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266',
    );
  });

  it('reads why a call reverts', async () => {
    // Error(string) "no".
    const text = `0x08c379a0${word('20')}${word('2')}${'6e6f'.padEnd(64, '0')}` as const;
    assert.equal(await codec.reason('FoodUSD', text), 'no');
    assert.equal(await codec.reason('FoodUSD', '0xdeadbeef'), undefined);
  });
});
