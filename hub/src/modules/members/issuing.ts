import { v7 as uuidv7 } from 'uuid';
import { outbox } from '../../outbox/index.ts';
import { fail } from '../../platform/errors.ts';
import {
  type Actor,
  type Hex,
  type Job,
  type Lane,
  type OfficerMessages,
  type Officers,
  type OnChain,
  type Reads,
  type SeatNumber,
  type SeenEvent,
  type Store,
  system,
  type Tx,
} from '../../platform/ports/index.ts';
import { fieldsOf, keccak, message, type NewSeat, subjectOf, toHex } from '../../signing/index.ts';
import { dwellingCommitment } from './dwelling-commitment.ts';
import { createIssuingLanes, isGuestsOnly, issuesLane, retirementsLane, seatsOf } from './issuing.lanes.ts';
import {
  askAlone,
  openIssues,
  retirementOf,
  saveIssue,
  saveRetired,
  saveRetirement,
  unissuedSeats,
} from './issuing.store.ts';
import { holdersOf, holdsRole, memberAt, replaceRoles, touchMember } from './members.store.ts';
import { createOfficerWords } from './officer-words.ts';

const dayMs = 86_400_000;
const validMs = 365 * dayMs;
/** A call with so many signatures' worth of seats fits every chain's messages. */
const seatsMax = 50;
const classOf = { resident: 1, guest: 2 } as const;

export interface IssuingDeps {
  readonly store: Store;
  readonly officers: Officers;
  readonly onChain: () => OnChain | undefined;
  readonly reads: () => Reads | undefined;
  readonly markRecorded: (tx: Tx, seats: readonly SeatNumber[]) => void;
}

/** How the registry comes to know new members, and that somebody gave the seat back. */
export interface Issuing {
  readonly lanes: readonly Lane[];
  readonly officerMessages: OfficerMessages;
  /** `seats.issue`: puts new members into messages for the board, as many as fit into one. */
  readonly job: Job;
  /** Asks the board to end a seat for good. Throws `not_found`, `already_exists`, `not_allowed` for the last of the board. */
  retire(actor: Actor, seat: SeatNumber, reason: string, idempotencyKey?: string): Promise<void>;
  /** Throws `conflict` once it has left the hub. */
  keep(actor: Actor, seat: SeatNumber, idempotencyKey?: string): Promise<void>;
  /** Inside the watcher's unit of work: the board may act without this hub. */
  onEvent(tx: Tx, event: Pick<SeenEvent, 'contract' | 'name' | 'args'>): void;
}

export function createIssuing(deps: IssuingDeps): Issuing {
  const { store, officers, onChain, reads } = deps;
  const words = createOfficerWords({
    store,
    officers,
    onChain,
    reads,
    verifier: 'SeatRegistry',
    lanes: [issuesLane, retirementsLane],
    officeOf: () => 'board',
    needsOneOnly: (signed) => signed.type === 'Issue' && isGuestsOnly(fieldsOf(signed, 'Issue').seats),
  });

  function propose(tx: Tx, hubId: Hex, seats: readonly NewSeat[]): void {
    const validUntilMs = tx.nowMs + validMs;
    const intentId = words.propose(tx, {
      lane: issuesLane,
      subject: subjectOf(hubId, 'issue', uuidv7()),
      message: message('Issue', { seats, validUntil: Math.floor(validUntilMs / 1000) }),
      validUntilMs,
    });
    for (const { seat } of seats) saveIssue(tx, seat, intentId);
    tx.changed('officer-message', intentId, 1, 'role:board');
    tx.audit({ intent: intentId, seats: seats.length });
  }

  /** Residents and guests apart: guests need one signature only. */
  function issue(tx: Tx, hubId: Hex): void {
    // What nobody has signed yet is written anew with those who came since.
    for (const id of openIssues(tx)) outbox.withdraw(tx, id, 'gathered');
    const groups = Map.groupBy(unissuedSeats(tx), ({ seat, seatClass, isAlone }) => (isAlone ? `${seat}` : seatClass));
    for (const group of groups.values()) {
      for (let start = 0; start < group.length; start += seatsMax) {
        const seats = group.slice(start, start + seatsMax).map(
          ({ seat, address, seatClass }): NewSeat => ({
            seat,
            key: address,
            class: classOf[seatClass],
            dwelling: dwellingCommitment(tx, seat),
          }),
        );
        propose(tx, hubId, seats);
      }
    }
  }

  function told(tx: Tx, seat: SeatNumber): void {
    const member = touchMember(tx, seat);
    tx.changed('member', member.id, member.revision, `seat:${seat}`);
    tx.changed('member', member.id, member.revision, 'role:board');
  }

  /** Offices end with the seat; what it holds stays its own and can be paid out. */
  function retired(tx: Tx, seat: SeatNumber): void {
    const member = memberAt(tx, seat);
    if (!member || !saveRetired(tx, seat)) return;
    replaceRoles(tx, seat, [member.seatClass]);
    tx.audit({ seat });
    told(tx, seat);
    tx.changed('tile', member.id, member.revision + 1);
  }

  const lanes = createIssuingLanes({
    issued: deps.markRecorded,
    issueVoided(tx, intent) {
      const seats = seatsOf(intent);
      if (seats.length > 1) for (const { seat } of seats) askAlone(tx, seat);
    },
    retired,
    retirementVoided: (tx, seat) => saveRetirement(tx, seat, undefined),
  });

  return {
    lanes,
    officerMessages: words,

    job: {
      name: 'seats.issue',
      async run() {
        const chain = onChain();
        if (!chain || store.read(unissuedSeats).length === 0) return;
        await store.act({ name: 'seats.issue', actor: system('members') }, (tx) => issue(tx, chain.hubId));
      },
    },

    async retire(actor, seat, reason, idempotencyKey) {
      const chain = onChain();
      if (!chain) throw fail('not_founded');
      await store.act({ name: 'seat.retire', actor, idempotencyKey, body: { seat, reason } }, (tx) => {
        const member = memberAt(tx, seat);
        if (!member) throw fail('not_found', { noun: 'member' });
        if (member.retiredAtMs !== undefined || retirementOf(tx, seat) !== undefined)
          throw fail('already_exists', { field: 'seat' });
        if (actor.seat === seat) throw fail('not_allowed', { needs: 'another officer than the seat’s own member' });
        if (holdsRole(tx, seat, 'board') && holdersOf(tx, 'board') === 1)
          throw fail('not_allowed', { needs: 'another board member' });
        const validUntilMs = tx.nowMs + validMs;
        const id = uuidv7();
        const intentId = words.propose(tx, {
          lane: retirementsLane,
          subject: subjectOf(chain.hubId, 'retirement', id),
          seat,
          message: message('Retire', {
            seat,
            // The case's number never leaves the hub, so nobody can try reasons.
            caseHash: toHex(keccak(id, reason)),
            validUntil: Math.floor(validUntilMs / 1000),
          }),
          validUntilMs,
        });
        saveRetirement(tx, seat, intentId);
        tx.audit({ seat, intent: intentId, case: id });
        told(tx, seat);
      });
    },

    async keep(actor, seat, idempotencyKey) {
      await store.act({ name: 'seat.keep', actor, idempotencyKey, body: { seat } }, (tx) => {
        const intentId = retirementOf(tx, seat);
        if (intentId === undefined) throw fail('not_found', { noun: 'retirement' });
        outbox.withdraw(tx, intentId, 'withdrawn');
        saveRetirement(tx, seat, undefined);
        tx.audit({ seat });
        told(tx, seat);
      });
    },

    onEvent(tx, { contract, name, args }) {
      if (contract !== 'SeatRegistry' || args.seat === undefined) return;
      const seat = Number(args.seat);
      const member = memberAt(tx, seat);
      if (name === 'SeatIssued' && member?.address === args.key) deps.markRecorded(tx, [seat]);
      if (name === 'SeatRetired') retired(tx, seat);
    },
  };
}
