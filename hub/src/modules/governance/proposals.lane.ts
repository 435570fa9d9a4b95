import { isStoopError } from '../../platform/errors.ts';
import type { Intent, Lane, Readiness, Reads, Tx } from '../../platform/ports/index.ts';
import { fieldsOf } from '../../signing/index.ts';
import { believed, notYet, ready, seatReadiness, wordsCall, wordsOf } from './seat-reads.ts';

export const recordsLane = 'proposals';

export const contentType = '(uint24,uint8,bytes32,address[],bytes[],uint40,uint40,uint40,bytes32)';

const contract = 'CoopGovernor';
/** The chain's clock may be behind the hub's, and it takes a moment that has passed. */
const marginMs = 2000;

/** What the governor says of a proposal: Unknown, Open, Defeated, Waiting, Executable, Executed, Cancelled, Expired. */
export const governorState = {
  unknown: 0,
  open: 1,
  defeated: 2,
  waiting: 3,
  executable: 4,
  executed: 5,
  cancelled: 6,
  expired: 7,
} as const;

/** Why a call would be refused at the newest block, in the contract's words; undefined when it would not. */
export async function refusalOfCall(reads: Reads, fn: string, args: readonly unknown[]): Promise<string | undefined> {
  try {
    await reads.read({ contract, fn, args }, 'latest');
    return undefined;
  } catch (error) {
    if (isStoopError(error, 'chain_refused')) return String(error.details.reason);
    // A function that answers nothing reads like an address without code; before anything is sent that is asked for itself.
    if (isStoopError(error, 'chain_mismatch')) return undefined;
    throw error;
  }
}

export interface RecordsDeps {
  readonly nowMs: () => number;
  /** It stands on chain. */
  readonly recorded: (tx: Tx, intentId: string) => void;
  readonly voided: (tx: Tx, intentId: string, reason: string) => void;
}

/** Proposals are recorded one by one, before their ballots. */
export function createRecordsLane({ nowMs, recorded, voided }: RecordsDeps): Lane {
  async function readiness(intent: Intent, reads: Reads): Promise<Readiness> {
    const content = fieldsOf(intent.message, 'Proposal');
    if (nowMs() < content.opensAt * 1000 + marginMs) return notYet('not_open_yet');
    const { address, signature } = intent.authorisations[0]!;
    const [verdict] = await believed(async (at) =>
      (await wordsOf(reads, [content.proposer], at)).map((word) => seatReadiness(word, address)),
    );
    if (verdict!.verdict !== 'ready') return verdict!;
    const refusal = await refusalOfCall(reads, 'record', [content, signature]);
    // A block that is older than the proposal says so; whether the next one takes it is asked before it is sent.
    if (!refusal || refusal.startsWith('NotOpenYet')) return ready;
    if (refusal.startsWith('AlreadyRecorded')) return notYet('not_final_yet');
    return notYet(refusal.startsWith('TooManyProposals') ? 'too_many_proposals' : 'refused_now');
  }

  return {
    name: recordsLane,
    carrier: 'chain',
    rank: 50,
    policy: { batchMax: 1, longestWaitMs: 0 },
    calls: [
      { contract, fn: 'record', inputs: [contentType, 'bytes'] },
      { contract, fn: 'stateOf', inputs: ['bytes32'] },
      wordsCall,
    ],
    groupOf: (intent) => intent.id,
    preflight: (items, reads) => Promise.all(items.map((item) => readiness(item, reads))),
    prepare([intent]) {
      const { signature } = intent!.authorisations[0]!;
      return { contract, fn: 'record', args: [fieldsOf(intent!.message, 'Proposal'), signature] };
    },
    landed: (items, reads, at) =>
      Promise.all(
        items.map(async ({ subject }) => {
          const state = await reads.read<bigint>({ contract, fn: 'stateOf', args: [subject] }, at);
          return Number(state) !== governorState.unknown;
        }),
      ),
    settled: (tx, intent) => recorded(tx, intent.id),
    voided: (tx, intent, reason) => voided(tx, intent.id, reason),
  };
}
