import type { Journal } from '../../journal/index.ts';
import type { Hex, Intent, Lane, Micros, Readiness, Reads } from '../../platform/ports/index.ts';
import { fieldsOf } from '../../signing/index.ts';
import { depositOfIntent } from './treasury.store.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const zeroAddress = `0x${'00'.repeat(20)}`;

/** The attestor's word on the bank account; each newer one replaces what is still to be sent. */
export const reservesLane: Lane = {
  name: 'reserves',
  carrier: 'chain',
  rank: 15,
  policy: { batchMax: 1, longestWaitMs: 0 },
  calls: [
    { contract: 'FoodUSD', fn: 'attest', inputs: ['uint64', 'bytes32', 'uint64', 'uint40', 'bytes'] },
    { contract: 'FoodUSD', fn: 'attestationSequence', inputs: [] },
  ],
  // All that wait leave as one: the newest says it for them.
  groupOf: () => 'reserve',
  preflight: async (items) => items.map((): Readiness => ({ verdict: 'ready' })),
  prepare(items) {
    const sequenceOf = (intent: Intent) => fieldsOf(intent.message, 'Attestation').sequence;
    const newest = items.reduce((best, item) => (sequenceOf(item) > sequenceOf(best) ? item : best));
    const { reserve, documentHash, sequence, takenAt } = fieldsOf(newest.message, 'Attestation');
    const { signature } = newest.authorisations[0]!;
    return { contract: 'FoodUSD', fn: 'attest', args: [reserve, documentHash, sequence, takenAt, signature] };
  },
  async landed(items, reads, at) {
    const sequence = await reads.read<bigint>({ contract: 'FoodUSD', fn: 'attestationSequence', args: [] }, at);
    return items.map((item) => sequence >= BigInt(fieldsOf(item.message, 'Attestation').sequence));
  },
  settled() {},
  voided() {},
};

/** Whether a guardian has stopped the token: what moves money waits, until the pause ends by itself or the board ends it. */
export async function isMoneyPaused(reads: Reads, nowMs: number): Promise<boolean> {
  const until = await reads.read<bigint>({ contract: 'FoodUSD', fn: 'pausedUntil', args: [] }, 'latest');
  return nowMs < Number(until) * 1000;
}

/** Deposits become tokens, each bank reference once, and no more in a day than their minter may. */
export function createDepositsLane(journal: Journal, nowMs: () => number): Lane {
  /** What the minter may still mint today (UTC), in micro-units. */
  async function allowanceOf(reads: Reads, minter: Hex): Promise<bigint> {
    type Minter = { dailyAllowance: bigint; minted: bigint; day: bigint };
    const call = { contract: 'FoodUSD', fn: 'minterOf', args: [minter] };
    const { dailyAllowance, minted, day } = await reads.read<Minter>(call, 'latest');
    return Number(day) === Math.floor(nowMs() / dayMs) ? dailyAllowance - minted : dailyAllowance;
  }

  return {
    name: 'deposits',
    carrier: 'chain',
    rank: 20,
    policy: { batchMax: 50, longestWaitMs: 2 * hourMs },
    calls: [
      { contract: 'FoodUSD', fn: 'mintBatch', inputs: ['(uint24,uint64,bytes32,uint40,bytes)[]'] },
      { contract: 'FoodUSD', fn: 'isMinted', inputs: ['bytes32'] },
      { contract: 'FoodUSD', fn: 'attestedReserve', inputs: [] },
      { contract: 'FoodUSD', fn: 'totalSupply', inputs: [] },
      { contract: 'FoodUSD', fn: 'pausedUntil', inputs: [] },
      { contract: 'FoodUSD', fn: 'minterOf', inputs: ['address'] },
      { contract: 'SeatRegistry', fn: 'keyOf', inputs: ['uint24'] },
    ],
    groupOf: (intent) => intent.id,

    async preflight(items, reads) {
      if (await isMoneyPaused(reads, nowMs())) return items.map(() => ({ verdict: 'not-yet', reason: 'money_paused' }));
      const allowances = new Map<Hex, bigint>();
      const reserve = await reads.read<bigint>({ contract: 'FoodUSD', fn: 'attestedReserve', args: [] }, 'latest');
      let room = reserve - (await reads.read<bigint>({ contract: 'FoodUSD', fn: 'totalSupply', args: [] }, 'latest'));
      const verdicts: Readiness[] = [];
      for (const item of items) {
        const { seat, amount } = fieldsOf(item.message, 'Mint');
        const minter = item.authorisations[0]!.address;
        const allowance = allowances.get(minter) ?? (await allowanceOf(reads, minter));
        const key = await reads.read<string>({ contract: 'SeatRegistry', fn: 'keyOf', args: [seat] }, 'latest');
        if (key === zeroAddress) verdicts.push({ verdict: 'not-yet', reason: 'seat_not_recorded' });
        else if (room < BigInt(amount)) verdicts.push({ verdict: 'not-yet', reason: 'reserve_not_attested' });
        else if (allowance < BigInt(amount)) verdicts.push({ verdict: 'not-yet', reason: 'minted_enough' });
        else {
          allowances.set(minter, allowance - BigInt(amount));
          room -= BigInt(amount);
          verdicts.push({ verdict: 'ready' });
        }
      }
      return verdicts;
    },

    prepare: (items) => ({ contract: 'FoodUSD', fn: 'mintBatch', args: [items.map(mintItem)] }),

    landed: (items, reads, at) =>
      Promise.all(
        items.map((item) => {
          const { depositRef } = fieldsOf(item.message, 'Mint');
          return reads.read<boolean>({ contract: 'FoodUSD', fn: 'isMinted', args: [depositRef] }, at);
        }),
      ),

    /** Taken back here after a restore, and minted all the same: it is the member's again. */
    settled(tx, intent) {
      const deposit = intent.state === 'void' ? depositOfIntent(tx, intent.id) : undefined;
      if (!deposit) return;
      const amount = fieldsOf(intent.message, 'Mint').amount as Micros;
      const about = { noun: 'deposit', id: deposit.id, reason: 'settled_before_restore' };
      journal.postForeign(tx, { from: 'issued', to: deposit.seat, amount }, about);
    },

    /** Money that never reached the chain is not the member's: the deposit is taken back, even below zero. */
    voided(tx, intent, reason) {
      const deposit = depositOfIntent(tx, intent.id);
      if (!deposit) return;
      const amount = fieldsOf(intent.message, 'Mint').amount as Micros;
      const about = { noun: 'deposit', id: deposit.id, reason };
      journal.postForeign(tx, { from: deposit.seat, to: 'issued', amount }, about);
    },
  };
}

function mintItem(intent: Intent): object {
  return { ...fieldsOf(intent.message, 'Mint'), signature: intent.authorisations[0]!.signature };
}
