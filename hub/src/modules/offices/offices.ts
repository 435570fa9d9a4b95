import { randomBytes } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { outbox } from '../../outbox/index.ts';
import type { Clock } from '../../platform/clock.ts';
import { fail } from '../../platform/errors.ts';
import type {
  Actor,
  Authorisation,
  Call,
  Hex,
  Intent,
  OfficerMessages,
  Officers,
  OnChain,
  Reader,
  Reads,
  SignedMessage,
  Store,
  Tx,
} from '../../platform/ports/index.ts';
import {
  type Domain,
  digest,
  domainOf,
  fieldsOf,
  message,
  recoverAddress,
  subjectOf,
  toHex,
  typedDataJson,
} from '../../signing/index.ts';
import { isBoard, thresholdOf } from '../members/index.ts';
import { boardOf, boardRevisionOf, delayOf } from './board-reads.ts';
import { callOf, type OfficeHolder, scheduled } from './office-calls.ts';
import { boardCallsLane, boardRotationsLane } from './offices.lanes.ts';
import type { NewBoard, NewOfficeChange } from './offices.schema.ts';
import {
  insertOfficeChange,
  type OfficeChangeRow,
  officeChangeById,
  officeChangeOfIntent,
  unsignedBoardIntents,
} from './offices.store.ts';

export interface OfficesDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly officers: Officers;
  readonly onChain: () => OnChain | undefined;
  readonly reads: () => Reads | undefined;
  /** A call's bytes, as its contract takes them. */
  readonly encode: (call: Call) => Promise<Hex>;
}

export interface Offices extends OfficerMessages {
  /** Asks the board's keys for another holder of an office. Throws `not_founded`, `bad_request`, `chain_offline`. */
  change(actor: Actor, wanted: NewOfficeChange, idempotencyKey?: string): Promise<string>;
  /** Asks the board's keys, and those of the new board, to change the board. */
  rotate(actor: Actor, wanted: NewBoard, idempotencyKey?: string): Promise<string>;
  /** Takes it back while nothing has been sent. Throws `conflict` afterwards. */
  withdraw(actor: Actor, id: string, idempotencyKey?: string): Promise<void>;
}

const dayMs = 86_400_000;
/** How long board keys may take to sign, and the line to come back. */
const validMs = 45 * dayMs;
const seconds = (ms: number): number => Math.floor(ms / 1000);

export function createOffices(deps: OfficesDeps): Offices & { boardDomain(): Domain } {
  const { store, clock, officers } = deps;

  function founded(): OnChain {
    const onChain = deps.onChain();
    if (!onChain?.contracts.Board) throw fail('not_founded');
    return onChain;
  }
  function mustRead(): Reads {
    const reads = deps.reads();
    if (!reads) throw fail('chain_offline');
    return reads;
  }
  function boardDomain(): Domain {
    const { chainId, contracts } = founded();
    return domainOf('Board', chainId, contracts.Board!);
  }
  function domainFor({ type }: SignedMessage): Domain {
    const { chainId, seatRegistry } = founded();
    return type === 'Rotate' ? domainOf('SeatRegistry', chainId, seatRegistry) : boardDomain();
  }
  function addressOf(contract: string): Hex {
    const address = founded().contracts[contract];
    if (!address) throw fail('not_founded');
    return address;
  }

  async function boardCall(call: Call, delayedMs = 0): Promise<SignedMessage> {
    return message('Call', {
      target: addressOf(call.contract),
      data: await deps.encode(call),
      salt: toHex(randomBytes(32)),
      validUntil: seconds(clock.nowMs() + delayedMs + validMs),
    });
  }

  interface Asked {
    readonly lane: string;
    readonly message: SignedMessage;
    readonly after?: string;
    readonly notBeforeMs?: number;
    /** How many of the board's keys must sign. */
    readonly needed: number;
  }

  /** Keeps the message; with the board's keys held here it is signed and queued at once. */
  function propose(tx: Tx, { lane, message: toSign, after, notBeforeMs, needed }: Asked): string {
    const held = officers.sign('board', digest(domainFor(toSign), toSign));
    const isSigned = held.length >= needed && toSign.type === 'Call';
    const intentId = outbox.add(tx, {
      lane,
      subject: subjectOf(founded().hubId, 'office-change', uuidv7()),
      message: toSign,
      authorisations: isSigned ? held.map((one): Authorisation => ({ by: 'officer', ...one })) : [],
      notBeforeMs,
      validUntilMs: Number(toSign.fields.validUntil) * 1000,
      after: after ? [after] : [],
    });
    if (isSigned) outbox.queue(tx, intentId);
    return intentId;
  }

  function mustBe(reader: Reader, id: string): OfficeChangeRow {
    const row = officeChangeById(reader, id);
    if (!row) throw fail('not_found', { noun: 'office change' });
    return row;
  }

  const isComplete = async (reads: Reads, intent: Intent, signers: readonly Hex[], row: OfficeChangeRow) => {
    const needed = await thresholdOf(reads);
    if (intent.message.type === 'Call') return signers.length >= needed;
    const old = signers.filter((one) => row.oldBoard!.includes(one)).length;
    const next = signers.filter((one) => row.addresses.includes(one)).length;
    return old >= needed && next >= row.threshold!;
  };

  return {
    boardDomain,

    async change(actor, wanted, idempotencyKey) {
      const holder: OfficeHolder = { ...wanted, address: wanted.address.toLowerCase() as Hex };
      if (holder.office === 'minter' && holder.action === 'name' && holder.allowanceMicros === undefined)
        throw fail('bad_request', { field: 'allowanceMicros', rule: 'is missing' });
      const reads = mustRead();
      const needed = await thresholdOf(reads);
      const call = callOf(holder);
      const [target, data] = [addressOf(call.contract), await deps.encode(call)];
      const isManagers = call.contract === 'AccessManager';
      const delayS = isManagers ? 0 : await delayOf(reads, boardDomain().verifyingContract, target, data);
      const steps = delayS > 0 ? scheduled(target, data) : undefined;
      const announce = steps && (await boardCall(steps.announce));
      const carry = await boardCall(steps?.carry ?? call, delayS * 1000);
      return store.act({ name: 'office.change', actor, idempotencyKey, body: wanted }, (tx) => {
        const id = uuidv7();
        const lane = boardCallsLane;
        const announceIntent = announce && propose(tx, { lane, message: announce, needed });
        const carryIntent = propose(tx, {
          lane,
          message: carry,
          after: announceIntent,
          notBeforeMs: announceIntent ? tx.nowMs + delayS * 1000 : undefined,
          needed,
        });
        const { office, action, address, allowanceMicros } = holder;
        const askedBy = actor.seat ?? 0;
        insertOfficeChange(tx, {
          id,
          office,
          action,
          addresses: [address],
          allowanceMicros,
          askedBy,
          announceIntent,
          carryIntent,
        });
        tx.changed('office-change', id, 1, 'role:board');
        tx.audit({ change: id, office, action, address });
        return id;
      });
    },

    async rotate(actor, wanted, idempotencyKey) {
      const board = [...new Set(wanted.board.map((address) => address.toLowerCase() as Hex))];
      if (board.length < wanted.board.length) throw fail('bad_request', { field: 'board', rule: 'names a key twice' });
      const { threshold } = wanted;
      if (threshold > board.length || threshold * 2 <= board.length - 1)
        throw fail('bad_request', {
          field: 'threshold',
          rule: 'must be more than half of the keys, and not above them',
        });
      const reads = mustRead();
      const [oldBoard, revision, needed] = await Promise.all([
        boardOf(reads),
        boardRevisionOf(reads, 'latest'),
        thresholdOf(reads),
      ]);
      const validUntil = seconds(clock.nowMs() + validMs);
      const toSign = message('Rotate', { board, threshold, revision: revision + 1, validUntil });
      return store.act({ name: 'office.rotate', actor, idempotencyKey, body: wanted }, (tx) => {
        const id = uuidv7();
        const carryIntent = propose(tx, { lane: boardRotationsLane, message: toSign, needed });
        const askedBy = actor.seat ?? 0;
        const row = { id, office: 'board', action: 'rotate', addresses: board, oldBoard, threshold, askedBy } as const;
        insertOfficeChange(tx, { ...row, carryIntent });
        tx.changed('office-change', id, 1, 'role:board');
        tx.audit({ change: id, office: 'board', action: 'rotate', keys: board.length, threshold });
        return id;
      });
    },

    withdraw: (actor, id, idempotencyKey) =>
      store.act({ name: 'office.withdraw', actor, idempotencyKey, body: { id } }, (tx) => {
        const { announceIntent, carryIntent } = mustBe(tx, id);
        for (const intentId of [carryIntent, ...(announceIntent ? [announceIntent] : [])])
          outbox.withdraw(tx, intentId, 'withdrawn');
        tx.changed('office-change', id, 2, 'role:board');
        tx.audit({ change: id });
      }),

    unsigned(reader) {
      if (!deps.onChain()?.contracts.Board) return [];
      return unsignedBoardIntents(reader).map((id) => {
        const { message: toSign, authorisations } = outbox.find(reader, id)!;
        const row = officeChangeOfIntent(reader, id)!;
        const isFirst = row.announceIntent === id;
        const action = isFirst ? 'announce' : row.action;
        const about = { office: row.office, action, address: row.addresses.join(', ') };
        const signedBy = authorisations.map(({ address }) => address);
        return { id, office: 'board', typedData: typedDataJson(domainFor(toSign), toSign), signedBy, about } as const;
      });
    },

    isUnsigned: (reader, id) =>
      officeChangeOfIntent(reader, id) !== undefined && outbox.find(reader, id)?.state === 'signed',

    async authorise(actor, id, signature, idempotencyKey) {
      const found = store.read((reader) => ({
        intent: outbox.find(reader, id),
        row: officeChangeOfIntent(reader, id),
      }));
      if (!found.intent || !found.row) throw fail('not_found', { noun: 'message' });
      const { row } = found;
      const address = recoverAddress(digest(domainFor(found.intent.message), found.intent.message), signature);
      const reads = mustRead();
      const isNewBoard = row.action === 'rotate' && address !== undefined && row.addresses.includes(address);
      if (!address || !(isNewBoard || (await isBoard(reads, address))))
        throw fail('not_allowed', { needs: 'a board key' });
      const before = found.intent.authorisations.map((one) => one.address);
      const isLast = await isComplete(reads, found.intent, [...before, address], row);
      await store.act({ name: 'board.sign', actor, idempotencyKey, body: { id, signature } }, (tx) => {
        const { authorisations } = outbox.find(tx, id)!;
        if (authorisations.some((one) => one.address === address)) throw fail('already_exists', { field: 'signature' });
        outbox.authorise(tx, id, { by: 'officer', address, signature });
        if (isLast) outbox.queue(tx, id);
        tx.changed('office-change', row.id, 1, 'role:board');
        tx.audit({ intent: id, change: row.id, address });
      });
    },
  };
}

/** What the second message of a delayed change carries out: the arguments of `execute(target, data)`. */
export function operationOf(row: OfficeChangeRow | undefined, intent: Intent): { target: Hex; data: Hex } | undefined {
  if (!row?.announceIntent || row.carryIntent !== intent.id) return undefined;
  const { data } = fieldsOf(intent.message, 'Call');
  return executed(data);
}

/** ABI of `execute(address,bytes)`: selector, address, offset, length, bytes. */
function executed(data: Hex): { target: Hex; data: Hex } {
  const words = data.slice(10);
  const length = Number.parseInt(words.slice(128, 192), 16);
  return { target: `0x${words.slice(24, 64)}`, data: `0x${words.slice(192, 192 + length * 2)}` };
}
