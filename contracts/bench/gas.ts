import { createBuilding, FUSD } from '../test/support/building.ts';
import { escrowGas, settleGas, transferGas } from './measure.ts';
import { ballotGas, lockGas } from './members.ts';
import {
  authorizedGas,
  castVoteGas,
  deployPeers,
  directGas,
  forwardedGas,
  fundPeers,
  prepareMembers,
} from './peers.ts';

const COUNTS = [1, 10, 50, 100];
export const about = 'Gas of group orders, votes, locks and transfers beside what else there is; a minute or two.';

/** What must hold. The contract tests hold those that need no peer. */
export const gates = {
  settleMarginal: 17_000,
  settle50: 930_000,
  escrowMarginal: 24_000,
  escrow50: 1_300_000,
  directRatio: 5,
  forwarderRatio: 3.5,
  ballotMarginal: 13_000,
  lock: 95_000,
  transferRatio: 1.25,
};

/**
 * Gas of what the deploy script deploys, beside members joining by themselves, OpenZeppelin's forwarder, a loop of ERC-3009
 * authorizations, OpenZeppelin's governor and its plain ERC-20. Whole transactions, 21,000 and calldata included; every order
 * is fresh, every slot cold, members and payee hold money already.
 */
export async function run(): Promise<Record<string, number>> {
  const building = await createBuilding({ members: Math.max(...COUNTS) });
  try {
    const seatNumbers = building.members.map((_, index) => index + 1);
    for (let from = 0; from < seatNumbers.length; from += 50) {
      await building.fund(seatNumbers.slice(from, from + 50), 100n * FUSD);
    }
    await settleGas(building, 999, 1); // the payee has been paid before
    await escrowGas(building, 998, 1, false); // and the book holds something
    const settle = new Map<number, number>();
    const escrow = new Map<number, number>();
    for (const count of COUNTS) {
      settle.set(count, await settleGas(building, count, count));
      escrow.set(count, await escrowGas(building, 1000 + count, count, false));
    }
    const executed50 = await escrowGas(building, 2050, 50, true);

    const peers = await deployPeers(building);
    await prepareMembers(building, [peers.direct, peers.forwarded]);
    await fundPeers(building, peers);
    const direct = await directGas(building, peers.direct, 1, 50);
    const forwarder50 = await forwardedGas(building, peers, 1, 50);
    const authorized50 = await authorizedGas(building, peers, 1, 50);
    const castVote = await castVoteGas(building, peers);
    const transfer = await transferGas(building, building.token);
    const plainTransfer = await transferGas(building, peers.plain);

    const ballots50 = await ballotGas(building, 50);
    const ballots100 = await ballotGas(building, 100);
    const ballotMarginal = Math.round((ballots100 - ballots50) / 50);
    const { first: firstLock, lock } = await lockGas(building);

    const settle50 = settle.get(50)!;
    const settleMarginal = Math.round((settle.get(100)! - settle50) / 50);
    const escrowMarginal = Math.round((escrow.get(100)! - escrow.get(50)!) / 50);
    // Executed in the same call is the dearer of the two.
    const escrow50 = Math.max(escrow.get(50)!, executed50);
    const directJoin = direct[0]!;
    const direct50 = direct.reduce((sum, each) => sum + each, 0);
    const transferRatio = ratio(transfer, plainTransfer);
    console.table(
      COUNTS.map((count) => ({
        joins: count,
        'settled at the target': settle.get(count)!,
        'each settled': Math.round(settle.get(count)! / count),
        'into escrow': escrow.get(count)!,
        'each into escrow': Math.round(escrow.get(count)! / count),
      })),
    );
    const beside = (way: string, gas: number) => ({
      way,
      gas,
      'times settle': ratio(gas, settle50),
      'times escrow': ratio(gas, escrow50),
    });
    console.table([
      beside('settle, 50 joins', settle50),
      beside('escrow, 50 joins that wait', escrow.get(50)!),
      beside('escrow, 50 joins and the execution', executed50),
      beside('a direct join into a fresh order, times 50', directJoin * 50),
      beside('50 direct joins into one order and its execution', direct50),
      beside('ERC2771Forwarder.executeBatch, 50 first uses', forwarder50),
      beside('a loop of 50 ERC-3009 authorizations, a slot each', authorized50),
    ]);
    console.table([
      { what: 'a transfer', here: transfer, peer: 'OpenZeppelin ERC20.transfer', gas: plainTransfer },
      {
        what: 'a further ballot of five votes',
        here: ballotMarginal,
        peer: 'OpenZeppelin Governor.castVote',
        gas: castVote,
      },
      { what: '50 ballots in one transaction', here: ballots50, peer: '50 of them', gas: 50 * castVote },
      { what: 'a member’s first lock, with the transfer of GRO', here: lock },
      { what: 'the building’s very first lock', here: firstLock },
    ]);
    const line = (name: string, found: number, gate: number): string => `${name} ${found} of ${gate}`;
    console.log(
      `Gates: ${[
        line('settle, marginal', settleMarginal, gates.settleMarginal),
        line('settle, fifty', settle50, gates.settle50),
        line('escrow, marginal', escrowMarginal, gates.escrowMarginal),
        line('escrow, fifty', escrow50, gates.escrow50),
        line('direct', ratio(directJoin * 50, settle50), gates.directRatio),
        line('forwarder', ratio(forwarder50, settle50), gates.forwarderRatio),
        line('ballot, marginal', ballotMarginal, gates.ballotMarginal),
        line('lock', lock, gates.lock),
        line('transfer', transferRatio, gates.transferRatio),
      ].join('; ')}`,
    );
    return {
      settleMarginal,
      settle50,
      directJoin,
      forwarder50,
      escrowMarginal,
      escrow50,
      authorized50,
      castVote,
      ballotMarginal,
      lock,
      transferRatio,
    };
  } finally {
    await building.close();
  }
}

const ratio = (a: number, b: number): number => Math.round((a / b) * 100) / 100;
