import { createBuilding, FUSD } from '../test/support/building.ts';
import { deployPeers, directGas, forwardedGas, prepareMembers, settleGas } from './measure.ts';

const COUNTS = [1, 10, 50, 100];
export const about = 'Gas of settling group orders beside direct joins and a forwarder; about a minute.';

/** What must hold; the contract tests hold the first two. */
export const gates = { settleMarginal: 17_000, settle50: 930_000, directRatio: 5, forwarderRatio: 3.5 };

/**
 * Gas of settling N joins of one order, as the deploy script deploys it, beside members joining by themselves and beside
 * OpenZeppelin's forwarder. Whole transactions, 21,000 and calldata included; every order is fresh, every slot cold, members
 * and payee hold money already.
 */
export async function run(): Promise<Record<string, number>> {
  const building = await createBuilding({ members: Math.max(...COUNTS) });
  try {
    const seatNumbers = building.members.map((_, index) => index + 1);
    for (let from = 0; from < seatNumbers.length; from += 50) {
      await building.fund(seatNumbers.slice(from, from + 50), 100n * FUSD);
    }
    await settleGas(building, 999, 1); // the payee has been paid before
    const settle = new Map<number, number>();
    for (const count of COUNTS) settle.set(count, await settleGas(building, count, count));

    const peers = await deployPeers(building);
    await prepareMembers(building, [peers.direct, peers.forwarded]);
    const direct = await directGas(building, peers.direct, 1, 50);
    const forwarder50 = await forwardedGas(building, peers, 1, 50);

    const settle50 = settle.get(50)!;
    const settleMarginal = Math.round((settle.get(100)! - settle50) / 50);
    const directJoin = direct[0]!;
    const direct50 = direct.reduce((sum, each) => sum + each, 0);
    console.table(
      COUNTS.map((count) => ({
        joins: count,
        'settled in one transaction': settle.get(count)!,
        each: Math.round(settle.get(count)! / count),
      })),
    );
    console.table([
      { way: 'settle, 50 joins', gas: settle50, times: 1 },
      {
        way: 'a direct join into a fresh order, times 50',
        gas: directJoin * 50,
        times: ratio(directJoin * 50, settle50),
      },
      { way: '50 direct joins into one order and its execution', gas: direct50, times: ratio(direct50, settle50) },
      { way: 'ERC2771Forwarder.executeBatch, 50 first uses', gas: forwarder50, times: ratio(forwarder50, settle50) },
    ]);
    console.log(
      `Gates: marginal ${settleMarginal} of ${gates.settleMarginal}, fifty ${settle50} of ${gates.settle50}, ` +
        `direct ${ratio(directJoin * 50, settle50)} of ${gates.directRatio} times, ` +
        `forwarder ${ratio(forwarder50, settle50)} of ${gates.forwarderRatio} times`,
    );
    return { settleMarginal, settle50, directJoin, forwarder50 };
  } finally {
    await building.close();
  }
}

const ratio = (a: number, b: number): number => Math.round((a / b) * 100) / 100;
