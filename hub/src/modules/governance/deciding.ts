import { outbox } from '../../outbox/index.ts';
import type { Reader, Tx } from '../../platform/ports/index.ts';
import { ballotsOf, setBallot } from './ballots.store.ts';
import { executesAtMs, executionWindowS } from './content.ts';
import { executionMessage, executionsLane } from './executions.lane.ts';
import {
  dueProposals,
  findProposal,
  type ProposalRow,
  setCounts,
  setExecution,
  setProposalState,
  touchProposal,
} from './proposals.store.ts';
import { countOf, hasPassed } from './tally.ts';

/** Takes an intent back that has not left yet. */
export function withdraw(tx: Tx, intentId: string | null | undefined, reason: string): void {
  const state = intentId ? outbox.find(tx, intentId)?.state : undefined;
  if (state === 'signed' || state === 'queued') outbox.withdraw(tx, intentId!, reason);
}

export const hasDueProposals = (reader: Reader, nowMs: number): boolean => dueProposals(reader, nowMs).length > 0;

/**
 * The building's close: nobody votes any more, the result stands, and the ballots, the last one of each seat, may leave.
 * Answers how many proposals closed.
 */
export function closeDueProposals(tx: Tx): number {
  const due = dueProposals(tx, tx.nowMs);
  for (const proposal of due) {
    for (const { intentId } of ballotsOf(tx, proposal.rowId)) {
      if (intentId && outbox.find(tx, intentId)?.state === 'signed') outbox.queue(tx, intentId);
    }
    decide(tx, proposal);
    touchProposal(tx, proposal);
  }
  return due.length;
}

/**
 * Counts and says what came of it; again when the chain bound other terms or a ballot will not count there. What passed and
 * changes something waits for its hour; what did not waits for nothing.
 */
export function decide(tx: Tx, proposal: ProposalRow): void {
  const counts = countOf(ballotsOf(tx, proposal.rowId));
  const isPassed = hasPassed(counts, proposal.terms);
  setCounts(tx, proposal.rowId, counts);
  setProposalState(tx, proposal.rowId, isPassed ? 'passed' : 'rejected');
  const execution = proposal.executeIntentId ? outbox.find(tx, proposal.executeIntentId) : undefined;
  const isWaiting = execution !== undefined && execution.state !== 'void';
  if (!isPassed && isWaiting) withdraw(tx, proposal.executeIntentId, 'rejected');
  if (isPassed && !isWaiting && proposal.change) queueExecution(tx, proposal);
}

function queueExecution(tx: Tx, { rowId, hash, content, terms, intentId }: ProposalRow): void {
  const notBeforeMs = executesAtMs(content, terms.delayS);
  const id = outbox.add(tx, {
    lane: executionsLane,
    subject: hash,
    message: executionMessage(content),
    // Anybody may carry out what passed.
    authorisations: [],
    notBeforeMs,
    validUntilMs: notBeforeMs + executionWindowS * 1000,
    after: [intentId],
  });
  outbox.queue(tx, id);
  setExecution(tx, rowId, id);
}

/** Decides anew what was decided, with what the chain has told since. */
export function decideAgain(tx: Tx, id: string): void {
  const proposal = findProposal(tx, id);
  if (proposal?.state === 'passed' || proposal?.state === 'rejected') decide(tx, proposal);
}

/** The proposal is none any more: nothing more of it leaves, and the credits of that are free again. */
export function voidProposal(tx: Tx, proposal: ProposalRow, reason: string): void {
  for (const { id, intentId, state } of ballotsOf(tx, proposal.rowId)) {
    withdraw(tx, intentId, reason);
    // What the chain has counted it has taken the credits of, for good.
    if (state === 'cast') setBallot(tx, id, 'void', reason);
  }
  withdraw(tx, proposal.executeIntentId, reason);
  setProposalState(tx, proposal.rowId, 'void', reason);
  touchProposal(tx, proposal);
}
