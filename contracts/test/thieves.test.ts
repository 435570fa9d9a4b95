import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { encodeBytes32String, id, type ParamType, type Wallet, ZeroHash } from 'ethers';
import { interfaceOf } from '../deploy/artifact.ts';
import type { DeployedName } from '../deploy/config.ts';
import { type Building, createBuilding, FUSD, walletOf } from './support/building.ts';
import { escrowOf } from './support/escrow.ts';
import { changedBetween, changingOf, fingerprint, type LookedUp } from './support/fingerprint.ts';
import { registryOf } from './support/registry.ts';
import { asksForSignature, type Guess, thiefOf } from './support/thief.ts';

const QUORUM = encodeBytes32String('vote.quorum');

interface Loot {
  /** The readings that would change, by the function that changes them. */
  readonly changed: Record<string, string[]>;
  /** Functions that ask for a signature and never looked at one. */
  readonly unsigned: string[];
}

describe('a thief who tries every function of every contract', () => {
  let building: Building;
  let lookedUp: LookedUp;
  let orderId: string;
  before(async () => {
    building = await createBuilding({ members: 3 });
    await building.fund([1, 2], 100n * FUSD);
    // More to steal than balances: money that waits in an order, and an allowance.
    const desk = escrowOf(building);
    const order = desk.order('rice');
    await desk.bring([order, [building.spend(1, 5n * FUSD, order)]]);
    await desk.approve(2);
    await registryOf(building).changeKey(1, walletOf('a new key'));
    orderId = desk.idOf(order);
    const people = [building.board[0]!, building.relayer, building.members[0]!, building.members[1]!];
    const keys = [...people.map((each) => each.address), building.payee];
    for (const key of keys) await building.simulator.request('hardhat_setBalance', [key, '0x56bc75e2d63100000']);
    lookedUp = {
      addresses: [...keys, ...Object.values(building.deployment.contracts)],
      seats: [1, 2, 900],
      numbers: [0, 1, 2, 3, 4, 5],
      words: [orderId, order.subject, QUORUM, ZeroHash],
    };
  });
  after(() => building.close());

  /** What this thief would give: money to itself, from others, for long. */
  const guessOf = (thief: Wallet): Guess => {
    const { contracts } = building.deployment;
    const [me, victim] = [thief.address, building.members[0]!.address];
    const later = building.start + 30 * 24 * 3600;
    const calls = [
      interfaceOf('FoodUSD').encodeFunctionData('setMinter', [me, 1_000_000]),
      interfaceOf('AccessManager').encodeFunctionData('grantRole', [0, me, 0]),
      interfaceOf('GroupBuying').encodeFunctionData('announceUpgrade', [contracts.GroupBuying]),
    ];
    const board = [me, building.board[1]!.address, building.board[2]!.address];
    const byName: Record<string, readonly unknown[]> = {
      'address target': [contracts.FoodUSD, contracts.AccessManager, contracts.GroupBuying],
      'address implementation': [contracts.GroupBuying],
      'address newImplementation': [contracts.GroupBuying],
      'address callerConfirmation': [me],
      'address[] newBoard': [board.toSorted((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1))],
      'bytes data': [...calls, '0x'],
      'bytes[] data': [[calls[1]], []],
      'bytes32 orderId': [orderId],
      'bytes32 key': [QUORUM],
      'bytes32 dwelling': [ZeroHash, id('a dwelling')],
      'uint24 seat': [1, 900],
      'uint8 class': [2, 1],
      'uint8 mode': [2, 0, 1],
      'uint8 newThreshold': [2],
      'uint64 roleId': [0, 1, 2, 3, 4, 5],
      'uint256 from': [0],
      'uint256 index': [0],
      'uint256 validAfter': [0],
      'uint256 validBefore': [later],
      'uint256 deadline': [later],
      'uint40 deadline': [later],
      'uint40 validUntil': [later],
      'uint40 takenAt': [building.start],
      'uint32 revision': [1, 2],
      'uint64 sequence': [1000],
      'uint256 most': [2n ** 255n],
      'uint256 maxTotal': [2n ** 60n],
      'uint64 ceiling': [2n ** 39n],
    };
    const byType: Record<string, readonly unknown[]> = {
      address: [me, victim],
      bool: [true, false],
      bytes32: [id('a thief')],
      'bytes4[]': [[interfaceOf('FoodUSD').getFunction('setMinter')!.selector]],
      string: ['a thief'],
    };
    return ({ name, type }: ParamType) => {
      const others = /^(from|owner|authorizer|oldKey)$/.test(name) && type === 'address' ? [victim, me] : undefined;
      return byName[`${type} ${name}`] ?? others ?? byType[type] ?? (/^uint\d+$/.test(type) ? [1] : undefined);
    };
  };

  /** Tries it all, each attempt on the building as it is. */
  const loot = async (thief: Wallet): Promise<Loot> => {
    const attempt = thiefOf(building, thief, guessOf(thief), building.start + 30 * 24 * 3600);
    const before_ = await fingerprint(building, lookedUp);
    const changed: Record<string, string[]> = {};
    const unsigned: string[] = [];
    await building.simulator.request('hardhat_impersonateAccount', [thief.address]);
    for (const [name, address] of Object.entries(building.deployment.contracts)) {
      for (const fragment of changingOf(interfaceOf(name as DeployedName))) {
        const fn = `${name}.${fragment.name}`;
        const done = await attempt(name, address, fragment);
        if (asksForSignature(fragment.inputs) && !done.wasSignatureRead) unsigned.push(fn);
        for (const { data } of done.successes.filter((each) => each.wrote.length > 0)) {
          const back = await building.snapshot();
          await building.simulator.request('eth_sendTransaction', [{ from: thief.address, to: address, data }]);
          const found = changedBetween(before_, await fingerprint(building, lookedUp));
          const seen = found.length > 0 ? found : ['nothing that is looked up'];
          changed[fn] = [...new Set([...(changed[fn] ?? []), ...seen])].sort();
          await back();
        }
      }
    }
    return { changed, unsigned };
  };

  /** What anybody may do with what is his own: here an empty account. */
  const anybodys = {
    'FoodUSD.approve': ['FoodUSD.allowance'],
    'FoodUSD.permit': ['FoodUSD.allowance', 'FoodUSD.nonces'],
    // Of a nonce of the thief's own.
    'FoodUSD.cancelAuthorization': ['nothing that is looked up'],
  };

  it('with one board key seals the founding, and issues guests, who have no vote', async () => {
    const { changed, unsigned } = await loot(building.board[0]!);
    assert.deepEqual(changed, {
      ...anybodys,
      'SeatRegistry.sealFounding': ['SeatRegistry.isFounding', 'SeatRegistry.isSealed'],
      'SeatRegistry.issueSeats': [
        'SeatRegistry.classOf',
        'SeatRegistry.issuedAtOf',
        'SeatRegistry.keyOf',
        'SeatRegistry.seatCount',
        'SeatRegistry.seatOf',
      ],
    });
    // A guess that nobody looks at proves nothing.
    assert.deepEqual(
      unsigned.filter((fn) => fn !== 'GroupBuying.settle'),
      [],
    );
  });

  it('with the relayer key carries what others signed, and can lay the role down', async () => {
    const { changed, unsigned } = await loot(building.relayer);
    assert.deepEqual(changed, {
      ...anybodys,
      'AccessManager.renounceRole': ['AccessManager.getAccess', 'AccessManager.hasRole'],
    });
    assert.deepEqual(unsigned, []);
  });
});
