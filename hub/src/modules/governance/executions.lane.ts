import type { Intent, Lane, Readiness, Reads, SignedMessage, Tx } from '../../platform/ports/index.ts';
import type { ProposalContent } from '../../signing/index.ts';
import { contentType, governorState, refusalOfCall } from './proposals.lane.ts';
import { type At, never, notYet, ready } from './seat-reads.ts';

export const executionsLane = 'executions';

const contract = 'CoopGovernor';

/** What the governor lets anybody carry out: nobody signs it. */
export const executionMessage = (content: ProposalContent): SignedMessage => ({
  type: 'ExecuteProposal',
  fields: { ...content },
});

const contentOf = ({ message }: Intent): ProposalContent => message.fields as unknown as ProposalContent;

export interface ExecutionsDeps {
  readonly nowMs: () => number;
  readonly voided: (tx: Tx, intentId: string, reason: string) => void;
}

/** What passed is carried out one by one, when its delay is over. What follows from it the chain's events say. */
export function createExecutionsLane({ nowMs, voided }: ExecutionsDeps): Lane {
  const stateOf = async ({ subject }: Intent, reads: Reads, at: At): Promise<number> =>
    Number(await reads.read<bigint>({ contract, fn: 'stateOf', args: [subject] }, at));

  async function readiness(intent: Intent, reads: Reads): Promise<Readiness> {
    if (nowMs() < intent.notBeforeMs) return notYet('delay_not_over');
    const final = await stateOf(intent, reads, 'finalized');
    if (final === governorState.cancelled) return never('cancelled');
    if (final === governorState.defeated) return never('counted_otherwise');
    if (final === governorState.expired) return never('expired');
    const refusal = await refusalOfCall(reads, 'execute', [contentOf(intent)]);
    if (!refusal) return ready;
    if (refusal.startsWith('NotExecutable')) {
      const now = await stateOf(intent, reads, 'latest');
      // A chain without a block since the delay ended: whether the next one lets it pass is asked before it is sent.
      return now === governorState.open || now === governorState.waiting ? ready : notYet('not_final_yet');
    }
    return notYet(refusal.startsWith('OverMonthlySpending') ? 'over_monthly_spending' : 'refused_now');
  }

  return {
    name: executionsLane,
    carrier: 'chain',
    rank: 75,
    policy: { batchMax: 1, longestWaitMs: 0 },
    calls: [
      { contract, fn: 'execute', inputs: [contentType] },
      { contract, fn: 'stateOf', inputs: ['bytes32'] },
    ],
    groupOf: (intent) => intent.id,
    preflight: (items, reads) => Promise.all(items.map((item) => readiness(item, reads))),
    prepare: ([intent]) => ({ contract, fn: 'execute', args: [contentOf(intent!)] }),
    landed: (items, reads, at) =>
      Promise.all(items.map(async (item) => (await stateOf(item, reads, at)) === governorState.executed)),
    settled() {},
    voided: (tx, intent, reason) => voided(tx, intent.id, reason),
  };
}
