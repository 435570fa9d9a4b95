import type { Journal } from '../../journal/index.ts';
import { isCarried } from '../../outbox/index.ts';
import type { Hex, Micros, SeatNumber, SeenEvent, Tx } from '../../platform/ports/index.ts';
import { fromHex } from '../../signing/index.ts';
import { findBallot, putBallot, setBallot } from './ballots.store.ts';
import { secondsOf } from './content.ts';
import { decideAgain, voidProposal, withdraw } from './deciding.ts';
import type { Support } from './governance.schema.ts';
import { putLock } from './locks.store.ts';
import { declareNumber, setNumber } from './numbers.ts';
import { bindTerms, type ProposalRow, proposalOfHash, setProposalState, touchProposal } from './proposals.store.ts';
import { unpackBallot } from './votes.lane.ts';

const supports: readonly Support[] = ['against', 'for', 'abstain'];
/** A ballot's change in the governor's event: seat u24, its 16 bits before and after. */
const changeBytes = 7;

/** What the finalized chain says about the building's numbers, proposals, ballots and locks; whoever brought it there. */
export function createGovernanceSightings(journal: Journal) {
  const handlers: Readonly<Record<string, (tx: Tx, event: SeenEvent) => void>> = {
    'Parameters.ParameterDeclared': (tx, { args }) =>
      declareNumber(tx, args.key as Hex, args.newValue as bigint, args.least as bigint, args.most as bigint),
    'Parameters.ParameterSet': (tx, { args }) => setNumber(tx, args.key as Hex, args.newValue as bigint),

    'SeatLock.LockChanged': (tx, { args, atMs }) =>
      locked(tx, Number(args.seat), atMs, Number(args.newAmount), Number(args.newUntil)),
    'SeatLock.LockWithdrawn': (tx, { args, atMs }) => locked(tx, Number(args.seat), atMs, 0, 0),

    'CoopGovernor.ProposalRecorded': (tx, event) => onProposal(tx, event, bind),
    'CoopGovernor.BallotsCast': (tx, event) => onProposal(tx, event, countBallots),
    'CoopGovernor.ProposalCancelled': (tx, event) => onProposal(tx, event, cancel),
    'CoopGovernor.ProposalExecuted': (tx, event) =>
      onProposal(tx, event, (_, proposal) => executed(tx, proposal, event.txHash)),
  };

  function onProposal(
    tx: Tx,
    event: SeenEvent,
    work: (tx: Tx, proposal: ProposalRow, args: SeenEvent['args']) => void,
  ): void {
    const proposal = proposalOfHash(tx, event.args.id as Hex);
    if (proposal) work(tx, proposal, event.args);
  }

  function executed(tx: Tx, proposal: ProposalRow, txHash: Hex): void {
    setProposalState(tx, proposal.rowId, 'executed');
    touchProposal(tx, proposal);
    const spending = proposal.change && 'spending' in proposal.change ? proposal.change.spending : undefined;
    // What others carried is posted as foreign, like any money that the hub did not move.
    if (spending?.toSeat === undefined || !isCarried(tx, txHash)) return;
    const move = { from: undefined, to: spending.toSeat, amount: spending.amountMicros as Micros };
    journal.postForeign(tx, move, { noun: 'proposal', id: proposal.id, reason: 'voted' });
  }

  return {
    /** Once per finalized event, in the chain's order; inside the watcher's unit of work. */
    onEvent(tx: Tx, event: SeenEvent): void {
      handlers[`${event.contract}.${event.name}`]?.(tx, event);
    },
  };
}

function locked(tx: Tx, seat: SeatNumber, atMs: number, amountMicros: number, untilS: number): void {
  putLock(tx, { seat, sinceS: secondsOf(atMs), amountMicros, untilS });
  tx.changed('lock', String(seat), 0, `seat:${seat}`);
}

type BoundTerms = Readonly<
  Record<'residents' | 'threshold' | 'quorum' | 'leastFor' | 'delay' | 'lockCap' | 'season' | 'seasonLength', bigint>
>;

/** From now on the proposal is bound to what the chain took down, whatever the hub took for it. */
function bind(tx: Tx, proposal: ProposalRow, args: SeenEvent['args']): void {
  const bound = args.terms as BoundTerms;
  bindTerms(tx, proposal.rowId, {
    terms: {
      residents: Number(bound.residents),
      threshold: Number(bound.threshold),
      quorum: Number(bound.quorum),
      leastFor: Number(bound.leastFor),
      delayS: Number(bound.delay),
      lockCapMicros: Number(bound.lockCap),
    },
    season: Number(bound.season),
    seasonLengthS: Number(bound.seasonLength),
  });
  decideAgain(tx, proposal.id);
  touchProposal(tx, proposal);
}

/** Ballots that the hub did not send are a member's own wallet's, or of a time that a restored store does not know. */
function countBallots(tx: Tx, proposal: ProposalRow, args: SeenEvent['args']): void {
  const changes = fromHex(args.changes as Hex);
  for (let at = 0; at < changes.length; at += changeBytes) {
    const view = Buffer.from(changes.buffer, changes.byteOffset + at, changeBytes);
    const seat = view.readUIntBE(0, 3);
    const { support: number, votes, revision } = unpackBallot(view.readUInt16BE(5));
    const support = supports[number]!;
    const own = findBallot(tx, proposal.rowId, seat);
    const isOwn = own?.revision === revision && own.votes === votes && own.support === support;
    if (isOwn) {
      setBallot(tx, own.id, 'recorded');
    } else if (!own || own.revision <= revision || own.state === 'void') {
      withdraw(tx, own?.intentId, 'overtaken');
      putBallot(tx, { proposalId: proposal.rowId, seat, revision, support, votes, intentId: null, state: 'recorded' });
    }
  }
  decideAgain(tx, proposal.id);
  touchProposal(tx, proposal);
}

function cancel(tx: Tx, proposal: ProposalRow): void {
  voidProposal(tx, proposal, 'cancelled');
}
