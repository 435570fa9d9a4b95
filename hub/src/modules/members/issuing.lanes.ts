import { believed } from '../../outbox/index.ts';
import type { Intent, Lane, Readiness, Reads, SeatNumber, Tx } from '../../platform/ports/index.ts';
import { fieldsOf, type NewSeat } from '../../signing/index.ts';
import { hasServed, isBoard, registryCalls, thresholdOf } from './registry-reads.ts';
import { seatsOnChain, seatWordsCall } from './seat-reads.ts';

export const issuesLane = 'seats';
export const retirementsLane = 'retirements';

type At = 'latest' | 'finalized';
const contract = 'SeatRegistry';
const residentClass = 1;
const zeroAddress = `0x${'00'.repeat(20)}`;
const ready: Readiness = { verdict: 'ready' };
const notYet = (reason: string): Readiness => ({ verdict: 'not-yet', reason });

/** The board's signatures, ascending by signer as the registry wants them. */
const signaturesOf = ({ authorisations }: Intent) =>
  [...authorisations].sort((a, b) => (a.address < b.address ? -1 : 1)).map(({ signature }) => signature);

export const seatsOf = (intent: Pick<Intent, 'message'>): readonly NewSeat[] => fieldsOf(intent.message, 'Issue').seats;

/** One board key is enough for guests alone. */
export const isGuestsOnly = (seats: readonly NewSeat[]): boolean => seats.every((seat) => seat.class !== residentClass);

export interface IssuingLanesDeps {
  readonly issued: (tx: Tx, seats: readonly SeatNumber[]) => void;
  /** The message will never be taken. */
  readonly issueVoided: (tx: Tx, intent: Intent) => void;
  readonly retired: (tx: Tx, seat: SeatNumber) => void;
  readonly retirementVoided: (tx: Tx, seat: SeatNumber) => void;
}

/** New seats of the registry, and seats that are given back: before everything else, since all else asks for seats. */
export function createIssuingLanes(deps: IssuingLanesDeps): Lane[] {
  const issues: Lane = {
    name: issuesLane,
    carrier: 'chain',
    rank: 10,
    policy: { batchMax: 1, longestWaitMs: 0 },
    calls: [
      ...registryCalls,
      seatWordsCall,
      { contract, fn: 'issueSeats', inputs: ['(uint24,address,uint8,bytes32)[]', 'uint40', 'bytes[]'] },
      { contract, fn: 'seatOf', inputs: ['address'] },
      { contract, fn: 'votingSeatsIn', inputs: ['bytes32'] },
      { contract, fn: 'votingSeatsPerDwelling', inputs: [] },
    ],
    groupOf: (intent) => intent.id,
    preflight: (items, reads) => believed(items, reads, issueReadiness),
    prepare([intent]) {
      const { seats, validUntil } = fieldsOf(intent!.message, 'Issue');
      return { contract, fn: 'issueSeats', args: [seats, validUntil, signaturesOf(intent!)] };
    },
    landed: (items, reads, at) =>
      Promise.all(
        items.map(async (intent) => {
          const served = await Promise.all(seatsOf(intent).map(({ seat, key }) => hasServed(reads, seat, key, at)));
          return !served.includes(false);
        }),
      ),
    settled: (tx, intent) =>
      deps.issued(
        tx,
        seatsOf(intent).map(({ seat }) => seat),
      ),
    voided: (tx, intent) => deps.issueVoided(tx, intent),
  };

  const retirements: Lane = {
    name: retirementsLane,
    carrier: 'chain',
    rank: 12,
    policy: { batchMax: 1, longestWaitMs: 0 },
    calls: [
      ...registryCalls,
      seatWordsCall,
      { contract, fn: 'retireSeat', inputs: ['uint24', 'bytes32', 'uint40', 'bytes[]'] },
    ],
    groupOf: (intent) => intent.id,
    preflight: (items, reads) =>
      believed(items, reads, async (intent, asked) => {
        const { seat } = fieldsOf(intent.message, 'Retire');
        const { isRecorded } = (await seatsOnChain(asked, [seat], 'latest')).get(seat)!;
        if (!isRecorded) return notYet('seat_not_recorded');
        return boardReadiness(intent, asked, await thresholdOf(asked));
      }),
    prepare([intent]) {
      const { seat, caseHash, validUntil } = fieldsOf(intent!.message, 'Retire');
      return { contract, fn: 'retireSeat', args: [seat, caseHash, validUntil, signaturesOf(intent!)] };
    },
    async landed(items, reads, at) {
      const seats = items.map((intent) => fieldsOf(intent.message, 'Retire').seat);
      const words = await seatsOnChain(reads, seats, at);
      return seats.map((seat) => words.get(seat)!.isRetired);
    },
    settled: (tx, intent) => deps.retired(tx, fieldsOf(intent.message, 'Retire').seat),
    voided: (tx, intent) => deps.retirementVoided(tx, fieldsOf(intent.message, 'Retire').seat),
  };

  return [issues, retirements];
}

/** A key that has left the board spoils the whole message; a board that grew its threshold wants more of them. */
async function boardReadiness(intent: Intent, reads: Reads, needed: number): Promise<Readiness> {
  const serving = await Promise.all(intent.authorisations.map(({ address }) => isBoard(reads, address)));
  if (!serving.includes(false) && serving.length >= needed) return ready;
  return { verdict: 'never', reason: 'board_changed' };
}

async function issueReadiness(intent: Intent, reads: Reads): Promise<Readiness> {
  const seats = seatsOf(intent);
  const needed = isGuestsOnly(seats) ? 1 : await thresholdOf(reads);
  const board = await boardReadiness(intent, reads, needed);
  if (board.verdict !== 'ready') return board;
  const refusal = await refusalOf(seats, reads, 'latest');
  if (refusal === undefined) return ready;
  // What a block says that is not final may be taken back.
  return (await refusalOf(seats, reads, 'finalized')) === refusal
    ? { verdict: 'never', reason: refusal }
    : notYet(refusal);
}

/** Why the registry would take none of them (contracts/coop/registry/SeatBook.sol, `_issue`). */
async function refusalOf(seats: readonly NewSeat[], reads: Reads, at: At): Promise<string | undefined> {
  const ask = <T>(fn: string, ...args: unknown[]) => reads.read<T>({ contract, fn, args }, at);
  const words = await seatsOnChain(
    reads,
    seats.map(({ seat }) => seat),
    at,
  );
  if (seats.some(({ seat }) => words.get(seat)!.key !== zeroAddress)) return 'seat_taken';
  for (const { key } of seats) {
    const [serves, served] = await Promise.all([ask<bigint>('seatOf', key), ask<bigint>('formerSeatOf', key)]);
    if (serves !== 0n || served !== 0n) return 'key_taken';
  }
  const residents = seats.filter((seat) => seat.class === residentClass);
  const most = Number(await ask<bigint>('votingSeatsPerDwelling'));
  for (const [dwelling, group] of Map.groupBy(residents, (seat) => seat.dwelling)) {
    if (Number(await ask<bigint>('votingSeatsIn', dwelling)) + group.length > most) return 'dwelling_full';
  }
  return undefined;
}
