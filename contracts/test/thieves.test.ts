import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { AbiCoder, type Contract, encodeBytes32String, id, keccak256, type ParamType, Wallet, ZeroHash } from 'ethers';
import { interfaceOf } from '../deploy/artifact.ts';
import type { DeployedName } from '../deploy/config.ts';
import { type Building, createBuilding, FUSD, walletOf } from './support/building.ts';
import { escrowOf } from './support/escrow.ts';
import { changedBetween, changingOf, fingerprint, type LookedUp } from './support/fingerprint.ts';
import { registryOf } from './support/registry.ts';
import { asksForSignature, type Guess, thiefOf } from './support/thief.ts';

const DAY = 24 * 3600;
const QUORUM = encodeBytes32String('vote.quorum');

/** Gives seat 1 GRO for a shift and a kilogram of a lot's produce, as the officers sign it; answers the lot. */
async function stockUp(building: Building): Promise<bigint> {
  const { certifier, steward, chainId, send } = building;
  const gro = building.at('GroToken', building.deployment.contracts.GroToken);
  const domain = { name: 'Gro Token', version: '1', chainId, verifyingContract: String(gro.target) };
  const validUntil = building.start + 60 * DAY;
  const bring = async (fn: string, officer: Wallet, name: string, list: string, value: object): Promise<void> => {
    const fields = list.split(', ').map((each) => ({ type: each.split(' ')[0]!, name: each.split(' ')[1]! }));
    const signature = await officer.signTypedData(domain, { [name]: fields }, value);
    await send(gro, fn, [{ ...value, signature }]);
  };
  const certified = {
    farm: id('roof'),
    harvestDay: 20_833,
    serial: 1,
    grams: 5000,
    documentHash: id('paper'),
    validUntil,
  };
  const certify =
    'bytes32 farm, uint32 harvestDay, uint32 serial, uint64 grams, bytes32 documentHash, uint40 validUntil';
  await bring('certifyBatch', certifier, 'Certify', certify, certified);
  const types = ['address', 'bytes32', 'uint32', 'uint32'];
  const values = [certifier.address, certified.farm, certified.harvestDay, certified.serial];
  const lot = BigInt(keccak256(AbiCoder.defaultAbiCoder().encode(types, values)));
  const harvest = 'uint256 lot, uint24 seat, uint64 grams, bytes32 ref, uint40 validUntil';
  await bring('harvestBatch', certifier, 'Harvest', harvest, {
    lot,
    seat: 1,
    grams: 1000,
    ref: id('harvest'),
    validUntil,
  });
  const shift = 'uint24 seat, uint16 shifts, bytes32 ref, uint40 validUntil';
  await bring('shiftBatch', steward, 'Shift', shift, { seat: 1, shifts: 1, ref: id('shift'), validUntil });
  const key = building.members[0]!.address;
  const held = await Promise.all([0n, lot].map((each) => gro.getFunction('balanceOf')(key, each) as Promise<bigint>));
  assert.ok(held.every((each) => each > 0n));
  return lot;
}

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
  let lot: bigint;
  let proposal: object;
  let proposalId: string;
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
    lot = await stockUp(building);
    const opensAt = (await building.now()) - 1;
    proposal = {
      ...{ proposer: 1, kind: 0, textHash: id('a text'), targets: [], calls: [], salt: id('salt') },
      ...{ opensAt, closesAt: opensAt + 3 * DAY, submissionEnd: opensAt + 60 * DAY },
    };
    const member = new Wallet(building.members[0]!.privateKey, building.provider);
    await building.send(building.governor.connect(member) as Contract, 'record', proposal, '0x');
    proposalId = await building.governor.getFunction('hashProposal')(proposal);
    lookedUp = {
      addresses: [...keys, building.deployment.contracts.Board, building.deployment.contracts.GroupBuying],
      seats: [1, 2, 900],
      numbers: [0, 1, 2, 3, 4, 5, lot],
      words: [orderId, order.subject, QUORUM, ZeroHash, proposalId],
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
      'bytes32 id': [proposalId],
      'bytes4 selector': [interfaceOf('FoodUSD').getFunction('setMinter')!.selector],
      'uint24 seat': [1, 900],
      'uint256 id': [0, lot],
      'uint256 lot': [lot],
      'uint256[] ids': [[0], [lot]],
      'uint256[] values': [[1]],
      'uint40 until': [later],
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
      uint40: [later],
    };
    return ({ name, type }: ParamType) => {
      const others = /^(from|owner|authorizer|oldKey)$/.test(name) && type === 'address' ? [victim, me] : undefined;
      if (name === 'content') return [proposal, { ...proposal, salt: id('another') }];
      return byName[`${type} ${name}`] ?? others ?? byType[type] ?? (/^uint\d+$/.test(type) ? [1] : undefined);
    };
  };

  /** Tries it all, each attempt on the building as it is. */
  const loot = async (thief: Wallet): Promise<Loot> => {
    const attempt = thiefOf(building, thief, guessOf(thief), building.start + 30 * 24 * 3600);
    const changed: Record<string, string[]> = {};
    const unsigned: string[] = [];
    await building.simulator.request('hardhat_impersonateAccount', [thief.address]);
    for (const [name, address] of Object.entries(building.deployment.contracts)) {
      for (const fragment of changingOf(interfaceOf(name as DeployedName))) {
        const fn = `${name}.${fragment.name}`;
        const done = await attempt(name, address, fragment);
        if (asksForSignature(fragment.inputs) && !done.wasSignatureRead) unsigned.push(fn);
        for (const { data, wrote } of done.successes.filter((each) => each.wrote.length > 0)) {
          const before_ = await fingerprint(building, wrote, lookedUp);
          const back = await building.snapshot();
          await building.simulator.request('eth_sendTransaction', [{ from: thief.address, to: address, data }]);
          const found = changedBetween(before_, await fingerprint(building, wrote, lookedUp));
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
    'GroToken.setApprovalForAll': ['GroToken.isApprovedForAll'],
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
