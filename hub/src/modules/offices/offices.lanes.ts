import { believed } from '../../outbox/index.ts';
import type { Authorisation, Hex, Intent, Lane, Readiness, Reads } from '../../platform/ports/index.ts';
import { type Domain, digest, fieldsOf, toHex } from '../../signing/index.ts';
import { isBoard, thresholdOf } from '../members/index.ts';
import { boardCalls, boardRevisionOf, isDone, scheduledAt } from './board-reads.ts';

export const boardCallsLane = 'board-calls';
export const boardRotationsLane = 'board-rotations';

const ready: Readiness = { verdict: 'ready' };
const never = (reason: string): Readiness => ({ verdict: 'never', reason });
const notYet = (reason: string): Readiness => ({ verdict: 'not-yet', reason });

export interface OfficeLanesDeps {
  readonly nowMs: () => number;
  readonly boardDomain: () => Domain;
  /** What the delayed change of this intent calls, when the intent carries it out. */
  /** The board that goes, of a rotation. */
  readonly oldBoardOf: (intent: Intent) => readonly Hex[];
  readonly operationOf: (intent: Intent) => { target: Hex; data: Hex } | undefined;
}

/** Ascending by signer, as the contracts want them. */
const ascending = (all: readonly Authorisation[]) => [...all].sort((a, b) => (a.address < b.address ? -1 : 1));

/** What the board's keys have signed: each message is a transaction of its own, before anything that needs an office. */
export function createOfficeLanes(deps: OfficeLanesDeps): Lane[] {
  const digestOf = ({ message }: Intent): Hex => toHex(digest(deps.boardDomain(), message));

  async function callReadiness(intent: Intent, reads: Reads): Promise<Readiness> {
    const areBoard = await Promise.all(intent.authorisations.map(({ address }) => isBoard(reads, address)));
    if (areBoard.includes(false) || areBoard.length < (await thresholdOf(reads))) return never('board_changed');
    const operation = deps.operationOf(intent);
    if (!operation) return ready;
    const board = deps.boardDomain().verifyingContract;
    const at = await scheduledAt(reads, board, operation.target, operation.data);
    // Its announcement is final by now: it has run out (AccessManager: a week after its delay).
    if (at === 0) return never('announcement_expired');
    return deps.nowMs() < at * 1000 ? notYet('delay_not_over') : ready;
  }

  async function rotationReadiness(intent: Intent, reads: Reads): Promise<Readiness> {
    const { revision } = fieldsOf(intent.message, 'Rotate');
    return (await boardRevisionOf(reads, 'latest')) + 1 === revision ? ready : never('overtaken');
  }

  const one = { carrier: 'chain', policy: { batchMax: 1, longestWaitMs: 0 }, settled() {}, voided() {} } as const;
  return [
    {
      ...one,
      name: boardCallsLane,
      rank: 4,
      calls: [
        ...boardCalls,
        { contract: 'Board', fn: 'execute', inputs: ['address', 'bytes', 'bytes32', 'uint40', 'bytes[]'] },
      ],
      groupOf: ({ id }) => id,
      preflight: (items, reads) => believed(items, reads, callReadiness),
      prepare([intent]) {
        const { target, data, salt, validUntil } = fieldsOf(intent!.message, 'Call');
        const signatures = ascending(intent!.authorisations).map(({ signature }) => signature);
        return { contract: 'Board', fn: 'execute', args: [target, data, salt, validUntil, signatures] };
      },
      landed: (items, reads, at) => Promise.all(items.map((item) => isDone(reads, digestOf(item), at))),
    },
    {
      ...one,
      name: boardRotationsLane,
      rank: 5,
      calls: [
        ...boardCalls,
        {
          contract: 'SeatRegistry',
          fn: 'rotateBoard',
          inputs: ['address[]', 'uint8', 'uint32', 'uint40', 'bytes[]', 'bytes[]'],
        },
      ],
      groupOf: ({ id }) => id,
      preflight: (items, reads) => believed(items, reads, rotationReadiness),
      prepare([intent]) {
        const { board, threshold, revision, validUntil } = fieldsOf(intent!.message, 'Rotate');
        const signaturesOf = (keys: readonly Hex[]) =>
          ascending(intent!.authorisations.filter(({ address }) => keys.includes(address))).map(
            ({ signature }) => signature,
          );
        return {
          contract: 'SeatRegistry',
          fn: 'rotateBoard',
          args: [board, threshold, revision, validUntil, signaturesOf(deps.oldBoardOf(intent!)), signaturesOf(board)],
        };
      },
      landed: (items, reads, at) =>
        Promise.all(
          items.map(async ({ message }) => (await boardRevisionOf(reads, at)) >= fieldsOf(message, 'Rotate').revision),
        ),
    },
  ];
}
