import { join } from 'node:path';
import type { Clock } from '../../platform/clock.ts';
import {
  type Actor,
  type Authenticate,
  type DeviceKind,
  type Hex,
  type HubSecret,
  type Job,
  type Lane,
  type OfficerMessages,
  type Officers,
  type OnChain,
  type Reader,
  type Reads,
  type Role,
  type Route,
  type SeatNumber,
  type Store,
  system,
  type Tx,
} from '../../platform/ports/index.ts';
import {
  type ArgonCost,
  createArgonGate,
  createKeyWraps,
  defaultArgonCost,
  digest,
  type SignAsMember,
} from '../../signing/index.ts';
import { type Approvals, createApprovals } from './approvals.ts';
import { createClaim } from './claim.ts';
import { hasExpiredCodes, removeExpiredCodes } from './codes.store.ts';
import { deviceRoutes } from './devices.routes.ts';
import { createDevices } from './devices.ts';
import { createGrants } from './grants.ts';
import { createGuessGuard } from './guess-guard.ts';
import { createHomes } from './homes.ts';
import { createIssuing } from './issuing.ts';
import { keyChangeRoutes } from './key-changes.routes.ts';
import { keyChangeOfIntent } from './key-changes.store.ts';
import { createKeyChanges, endKeyChange } from './key-changes.ts';
import { createKeySightings, type KeySightings } from './key-sightings.ts';
import { createKeys } from './keys.ts';
import { createKeyLanes } from './members.lanes.ts';
import { memberRoutes } from './members.routes.ts';
import type { SeatClass } from './members.schema.ts';
import { furtherKeysOf, holdsRole, memberAt, membersPage } from './members.store.ts';
import { createPeople, type Enrolled, type NewPerson } from './people.ts';
import { hasPinLocksBefore, removePinLocksBefore } from './pin-pad.store.ts';
import { createPinPad } from './pin-pad.ts';
import { createRecovery } from './recovery.ts';
import { retirementRoutes } from './retirements.routes.ts';
import { sessionRoutes } from './sessions.routes.ts';
import { createSessions } from './sessions.ts';
import { createSignIn } from './sign-in.ts';
import { createToken } from './tokens.ts';
import { walletRequestRoutes } from './wallet-requests.routes.ts';
import { createWalletRequests } from './wallet-requests.ts';

export { buildingName, saveBuildingName } from './claim.ts';
export { coopSeat } from './coop-seat.ts';
export { dwellingCommitment } from './dwelling-commitment.ts';
export type { Language, SeatClass } from './members.schema.ts';
export { hasMembers as isClaimed, type Member, memberAt as memberOf, seatOfAddress } from './members.store.ts';
export { createOfficerWords, type OfficerWords } from './officer-words.ts';
export type { Enrolled, NewPerson } from './people.ts';
export { createPin } from './pin.ts';
export { type SeatOnChain, seatsOnChain, seatWordsCall } from './seat-reads.ts';
export { labelOf } from './views.ts';

const dayMs = 86_400_000;
const everySeat = 0xff_ff_ff;

export interface MembersDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly hubSecret: HubSecret;
  /** Holds `claim-code` while the hub has no members. */
  readonly dataDir: string;
  /** `https://name:port` at which phones reach the hub. */
  readonly phoneOrigin: () => string;
  /** Where the registry of seats is; both undefined until there is a chain. */
  readonly onChain: () => OnChain | undefined;
  readonly reads: () => Reads | undefined;
  readonly officers: Officers;
  readonly isClockTrusted: () => boolean;
  readonly argonCost?: ArgonCost;
}

/** A browser that is approved without a code: the demonstration's doors. */
export interface Door {
  readonly kind: DeviceKind;
  readonly name: string;
  /** Whose phone, signed in at once; absent for a kiosk. */
  readonly seat?: SeatNumber;
  /** What this browser was before. */
  readonly replacesDeviceId?: string;
}

export interface Members {
  readonly routes: readonly Route[];
  /** `members.expire`, once a minute: ends what ran out, notes who was here. `key-change.apply`, as often. */
  readonly jobs: readonly Job[];
  /** Keys that change, and what lies at former ones. */
  readonly lanes: readonly Lane[];
  /** What the finalized chain says about keys; inside the watcher's unit of work. */
  readonly onChainEvent: KeySightings['onEvent'];
  /** Messages that wait for the board's keys. */
  readonly officerMessages: OfficerMessages;
  /** Those about new seats and seats that end. */
  readonly seatMessages: OfficerMessages;
  readonly authenticate: Authenticate;
  /** Makes a seat and its key. Throws `bad_request` (pin, roles), `already_exists` (seat, walletAddress), `busy`. */
  enrol(actor: Actor, person: NewPerson): Promise<Enrolled>;
  readonly sign: SignAsMember;
  /** Until when the actor's session may sign, UTC ms. */
  canSignUntilMs(actor: Actor): number | undefined;
  /** Lets the actor's session sign, as POST /api/grants. */
  openGrant(actor: Actor, pin: string): Promise<number>;
  /** The claim code of a hub without members, for the console and the command line. */
  claimCode(): Promise<string | undefined>;
  /** A code for POST /api/kiosks/claim, 15 minutes, once. */
  kioskCode: Approvals['kioskCode'];
  /** The registry on chain knows these seats. */
  markRecorded(tx: Tx, seats: readonly SeatNumber[]): void;
  /** For the demonstration building alone. */
  openDoor(door: Door): Promise<{ deviceToken: string; sessionToken?: string }>;
  /** Forgets a browser that `openDoor` approved. */
  closeDoor(deviceId: string): Promise<void>;
  /** Zeroes every key in memory. */
  stop(): Promise<void>;
}

export function createMembers(deps: MembersDeps): Members {
  const { store, clock } = deps;
  const keys = createKeys(createKeyWraps(createArgonGate(), deps.hubSecret), deps.argonCost ?? defaultArgonCost);
  const grants = createGrants(clock);
  const walletRequests = createWalletRequests();
  const guard = createGuessGuard(clock);
  const sessions = createSessions({ store, clock, grants });
  const devices = createDevices({ store, sessions });
  const pinPad = createPinPad({ store, clock, keys });
  const signIn = createSignIn({ store, clock, keys, pinPad, sessions, grants });
  const people = createPeople({ store, keys });
  const homes = createHomes(store);
  const approvals = createApprovals({ store, clock, devices, sessions, guard, phoneOrigin: deps.phoneOrigin });
  const recovery = createRecovery({ store, keys, devices, sessions, hold: signIn.hold });
  const { onChain, reads, isClockTrusted } = deps;
  const keyChanges = createKeyChanges({ store, clock, keys, grants, sign, onChain, reads });
  const sightings = createKeySightings({ store, clock, sessions, onChain, isClockTrusted });
  const lanes = createKeyLanes({
    nowMs: () => clock.nowMs(),
    recoveryVoided(tx, intentId, reason) {
      const row = keyChangeOfIntent(tx, intentId);
      if (row?.state === 'signing') endKeyChange(tx, row, reason);
    },
  });
  const issuing = createIssuing({ store, officers: deps.officers, onChain, reads, markRecorded: people.markRecorded });
  const codePath = join(deps.dataDir, 'claim-code');
  const claim = createClaim({ store, people, devices, sessions, guard, codePath });

  /** By the key that the grant opened, else by the member's own wallet. */
  async function sign(...[actor, domain, message]: Parameters<SignAsMember>): Promise<Hex> {
    const address = () => store.read((reader) => memberAt(reader, actor.seat!)!.address);
    return grants.sign(actor, digest(domain, message)) ?? walletRequests.ask(actor, address(), domain, message);
  }

  async function expire(): Promise<void> {
    await sessions.tidy();
    const lockedBeforeMs = clock.nowMs() - dayMs;
    if (!store.read((reader) => hasExpiredCodes(reader, clock.nowMs()) || hasPinLocksBefore(reader, lockedBeforeMs)))
      return;
    await store.act({ name: 'members.expire', actor: system('members') }, (tx) => {
      tx.audit({ codes: removeExpiredCodes(tx), locks: removePinLocksBefore(tx, lockedBeforeMs) });
    });
  }

  return {
    routes: [
      ...sessionRoutes({ store, clock, grants, signIn, recovery }),
      ...deviceRoutes({ store, clock, devices, approvals, claim }),
      ...memberRoutes({ store, clock, grants, people, homes }),
      ...retirementRoutes(issuing),
      ...keyChangeRoutes({ store, keyChanges }),
      ...walletRequestRoutes(walletRequests),
    ],
    jobs: [{ name: 'members.expire', run: expire }, ...sightings.jobs, issuing.job],
    lanes: [...issuing.lanes, ...lanes],
    onChainEvent(tx, event) {
      issuing.onEvent(tx, event);
      sightings.onEvent(tx, event);
    },
    seatMessages: issuing.officerMessages,
    officerMessages: keyChanges,
    authenticate: sessions.authenticate,
    async enrol(actor, person) {
      const { seat, address, recoveryCode } = await people.enrol(actor, person);
      return { seat, address, recoveryCode };
    },
    sign,
    canSignUntilMs: (actor) => grants.untilMs(actor.sessionId),
    openGrant: signIn.grant,
    claimCode: claim.code,
    kioskCode: approvals.kioskCode,
    markRecorded: people.markRecorded,
    async openDoor({ kind, name, seat, replacesDeviceId }) {
      const device = createToken();
      const session = createToken();
      await store.act({ name: 'door.open', actor: system('demonstration') }, (tx) => {
        if (replacesDeviceId !== undefined) devices.forget(tx, replacesDeviceId);
        const deviceId = devices.approve(tx, { kind, seat, name, tokenHash: device.tokenHash });
        if (seat !== undefined) sessions.open(tx, { deviceId, kind, seat, tokenHash: session.tokenHash });
      });
      return { deviceToken: device.token, sessionToken: seat === undefined ? undefined : session.token };
    },
    closeDoor: (deviceId) =>
      store.act({ name: 'door.close', actor: system('demonstration') }, (tx) => devices.forget(tx, deviceId)),
    async stop() {
      walletRequests.stop();
      grants.endAll();
    },
  };
}

/** The key that speaks for the seat, or undefined when there is no such seat. */
export const addressOf = (reader: Reader, seat: SeatNumber): Hex | undefined => memberAt(reader, seat)?.address;

/** Gave the seat back: gets nothing and joins nothing any more. */
export const isRetired = (reader: Reader, seat: SeatNumber): boolean =>
  memberAt(reader, seat)?.retiredAtMs !== undefined;

export const nameOf = (reader: Reader, seat: SeatNumber): string | undefined => memberAt(reader, seat)?.name;

/** Every seat with its name, ascending. */
export const namesOfSeats = (reader: Reader): { seat: SeatNumber; name: string }[] =>
  membersPage(reader, 0, everySeat).map(({ seat, name }) => ({ seat, name }));

export const hasRole = (reader: Reader, seat: SeatNumber, role: Role): boolean => holdsRole(reader, seat, role);

/** After a recovery nothing that takes money from the seat is sent before this time, UTC ms; undefined when nothing waits. */
export function outgoingWaitsUntilMs(reader: Reader, seat: SeatNumber, nowMs: number): number | undefined {
  const untilMs = memberAt(reader, seat)?.outgoingWaitsUntilMs;
  return untilMs !== undefined && nowMs < untilMs ? untilMs : undefined;
}

/** Every seat with all of its keys, the present one first: together they hold what the seat has. */
export const keysOfSeats = (reader: Reader): { seat: SeatNumber; addresses: readonly Hex[] }[] =>
  membersPage(reader, 0, everySeat).map(({ seat, address }) => ({
    seat,
    addresses: [address, ...furtherKeysOf(reader, seat)],
  }));

/** Every seat with its key, ascending: what a new registry is founded with. */
export function foundingSeats(reader: Reader): { seat: SeatNumber; address: Hex; seatClass: SeatClass }[] {
  return membersPage(reader, 0, everySeat).map(({ seat, address, seatClass }) => ({ seat, address, seatClass }));
}

/** How many seats vote, as far as the hub knows. */
export const residentCount = (reader: Reader): number =>
  membersPage(reader, 0, everySeat).filter(({ seatClass }) => seatClass === 'resident').length;
export { isBoard, thresholdOf } from './registry-reads.ts';
