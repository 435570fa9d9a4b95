import { believed } from '../../outbox/index.ts';
import type {
  DeclaredCall,
  Hex,
  Intent,
  Lane,
  Readiness,
  Reads,
  SeatNumber,
  SignedMessage,
  Tx,
} from '../../platform/ports/index.ts';
import { fieldsOf } from '../../signing/index.ts';
import {
  formerSeatOf,
  hasServed,
  isBoard,
  isFrozen,
  keyOf,
  registryCalls,
  thresholdOf,
  waitingChangeOf,
  zeroAddress,
} from './registry-reads.ts';

export const cancelsLane = 'key-change-cancels';
export const recoveriesLane = 'recoveries';
export const keyChangesLane = 'key-changes';
export const carriesLane = 'carries';

type At = 'latest' | 'finalized';

/** What the token says of an account that is nobody's. */
const noLimit = 2n ** 256n - 1n;

const ready: Readiness = { verdict: 'ready' };
const never = (reason: string): Readiness => ({ verdict: 'never', reason });
const notYet = (reason: string): Readiness => ({ verdict: 'not-yet', reason });

/** What the registry lets anybody complete: nobody signs it. */
export interface ApplyFields {
  readonly seat: SeatNumber;
  readonly newKey: Hex;
}
export const applyMessage = (fields: ApplyFields): SignedMessage => ({ type: 'ApplyKeyChange', fields: { ...fields } });

/** What the token lets anybody bring home: nobody signs it. */
export interface CarryFields {
  readonly seat: SeatNumber;
  readonly oldKey: Hex;
}
export const carryMessage = (fields: CarryFields): SignedMessage => ({ type: 'Carry', fields: { ...fields } });

const applyOf = ({ message }: Intent): ApplyFields => message.fields as unknown as ApplyFields;
const carryOf = ({ message }: Intent): CarryFields => message.fields as unknown as CarryFields;

interface OneByOne {
  readonly name: string;
  readonly rank: number;
  readonly calls: readonly DeclaredCall[];
  readiness(intent: Intent, reads: Reads): Promise<Readiness>;
  call(intent: Intent): { contract: string; fn: string; args: readonly unknown[] };
  hasLanded(intent: Intent, reads: Reads, at: At): Promise<boolean>;
  voided?(tx: Tx, intent: Intent, reason: string): void;
}

/** A lane of which every item is a transaction of its own. What follows from it the chain's events say. */
const oneByOne = ({ name, rank, calls, readiness, call, hasLanded, voided }: OneByOne): Lane => ({
  name,
  carrier: 'chain',
  rank,
  policy: { batchMax: 1, longestWaitMs: 0 },
  calls: [...registryCalls, ...calls],
  groupOf: (intent) => intent.id,
  preflight: (items, reads) => believed(items, reads, readiness),
  prepare: ([intent]) => call(intent!),
  landed: (items, reads, at) => Promise.all(items.map((item) => hasLanded(item, reads, at))),
  settled() {},
  voided: voided ?? (() => {}),
});

export interface KeyLanesDeps {
  readonly nowMs: () => number;
  /** The board's message will never be announced. */
  readonly recoveryVoided: (tx: Tx, intentId: string, reason: string) => void;
}

/** Everything about a seat's key that goes to the chain: before money, since money asks for keys. */
export function createKeyLanes(deps: KeyLanesDeps): Lane[] {
  return [
    oneByOne({
      name: cancelsLane,
      rank: 8,
      calls: [{ contract: 'SeatRegistry', fn: 'cancelKeyChange', inputs: ['uint24', 'uint32', 'uint40', 'bytes[]'] }],
      async readiness(intent, reads) {
        const { seat, revision } = fieldsOf(intent.message, 'CancelKeyChange');
        const waiting = await waitingChangeOf(reads, seat, 'latest');
        if (waiting.newKey === zeroAddress) return never('nothing_waits');
        return waiting.revision + 1 === revision ? ready : never('overtaken');
      },
      call(intent) {
        const { seat, revision, validUntil } = fieldsOf(intent.message, 'CancelKeyChange');
        const signatures = intent.authorisations.map(({ signature }) => signature);
        return { contract: 'SeatRegistry', fn: 'cancelKeyChange', args: [seat, revision, validUntil, signatures] };
      },
      async hasLanded(intent, reads, at) {
        const { seat, revision } = fieldsOf(intent.message, 'CancelKeyChange');
        const waiting = await waitingChangeOf(reads, seat, at);
        return waiting.revision > revision || (waiting.revision === revision && waiting.newKey === zeroAddress);
      },
    }),

    oneByOne({
      name: recoveriesLane,
      rank: 10,
      calls: [
        {
          contract: 'SeatRegistry',
          fn: 'announceRecovery',
          inputs: ['uint24', 'address', 'uint32', 'uint40', 'bytes[]', 'bytes'],
        },
      ],
      async readiness(intent, reads) {
        const { seat, oldKey, revision } = fieldsOf(intent.message, 'RecoverKey');
        if ((await keyOf(reads, seat, 'latest')) !== oldKey) return never('key_changed');
        if ((await waitingChangeOf(reads, seat, 'latest')).revision + 1 !== revision) return never('overtaken');
        const signers = boardOf(intent).map(({ address }) => isBoard(reads, address));
        // The registry takes none of them when one has left the board.
        if ((await Promise.all(signers)).includes(false)) return never('board_changed');
        return signers.length >= (await thresholdOf(reads)) ? ready : never('board_changed');
      },
      call(intent) {
        const { seat, newKey, revision, validUntil } = fieldsOf(intent.message, 'RecoverKey');
        const signatures = boardOf(intent).map(({ signature }) => signature);
        const own = intent.authorisations.find(({ by }) => by === 'hub')!.signature;
        const args = [seat, newKey, revision, validUntil, signatures, own];
        return { contract: 'SeatRegistry', fn: 'announceRecovery', args };
      },
      async hasLanded(intent, reads, at) {
        const { seat, newKey } = fieldsOf(intent.message, 'RecoverKey');
        return (await waitingChangeOf(reads, seat, at)).newKey === newKey || (await hasServed(reads, seat, newKey, at));
      },
      voided: (tx, intent, reason) => deps.recoveryVoided(tx, intent.id, reason),
    }),

    oneByOne({
      name: keyChangesLane,
      rank: 11,
      calls: [{ contract: 'SeatRegistry', fn: 'applyKeyChange', inputs: ['uint24'] }],
      async readiness(intent, reads) {
        const { seat, newKey } = applyOf(intent);
        const waiting = await waitingChangeOf(reads, seat, 'latest');
        if (waiting.newKey !== newKey) return never('cancelled');
        if (deps.nowMs() < waiting.effectiveAt * 1000) return notYet('delay_not_over');
        const isHeld = !waiting.isRecovery && (await isFrozen(reads, seat, 'latest'));
        return isHeld ? notYet('seat_frozen') : ready;
      },
      call: (intent) => ({ contract: 'SeatRegistry', fn: 'applyKeyChange', args: [applyOf(intent).seat] }),
      hasLanded(intent, reads, at) {
        const { seat, newKey } = applyOf(intent);
        return hasServed(reads, seat, newKey, at);
      },
    }),

    oneByOne({
      name: carriesLane,
      rank: 25,
      calls: [
        { contract: 'FoodUSD', fn: 'carry', inputs: ['address'] },
        { contract: 'FoodUSD', fn: 'balanceOf', inputs: ['address'] },
        { contract: 'FoodUSD', fn: 'dailyLimitOf', inputs: ['address'] },
        { contract: 'FoodUSD', fn: 'pausedUntil', inputs: [] },
      ],
      async readiness(intent, reads) {
        const { seat, oldKey } = carryOf(intent);
        // Only a key that somebody else's wallet holds can be here and still serve.
        if ((await formerSeatOf(reads, oldKey, 'latest')) !== seat) return never('not_a_former_key');
        const pausedUntil = await reads.read<bigint>({ contract: 'FoodUSD', fn: 'pausedUntil', args: [] }, 'latest');
        if (deps.nowMs() < Number(pausedUntil) * 1000) return notYet('money_paused');
        return ready;
      },
      call: (intent) => ({ contract: 'FoodUSD', fn: 'carry', args: [carryOf(intent).oldKey] }),
      async hasLanded(intent, reads, at) {
        const { seat, oldKey } = carryOf(intent);
        if ((await formerSeatOf(reads, oldKey, at)) !== seat || (await moneyAt(reads, oldKey, at)) > 0n) return false;
        return hasLimit(reads, await keyOf(reads, seat, at), at);
      },
    }),
  ];
}

const moneyAt = (reads: Reads, account: Hex, at: At): Promise<bigint> =>
  reads.read<bigint>({ contract: 'FoodUSD', fn: 'balanceOf', args: [account] }, at);

/** Carrying also makes the new key's account a member's, with the seat's freeze and limit; even when there is no money. */
const hasLimit = async (reads: Reads, account: Hex, at: At): Promise<boolean> =>
  (await reads.read<bigint>({ contract: 'FoodUSD', fn: 'dailyLimitOf', args: [account] }, at)) !== noLimit;

/** The board's signatures, ascending by signer as the registry wants them. */
const boardOf = ({ authorisations }: Intent) =>
  authorisations.filter(({ by }) => by === 'officer').sort((a, b) => (a.address < b.address ? -1 : 1));
