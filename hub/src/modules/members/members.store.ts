import type { Hex, Reader, Role, SeatNumber, Tx } from '../../platform/ports/index.ts';
import type { Language, SeatClass, TileShows } from './members.schema.ts';

/** A member as it is kept. */
export interface Member {
  readonly seat: SeatNumber;
  readonly id: string;
  readonly revision: number;
  readonly name: string;
  readonly seatClass: SeatClass;
  readonly address: Hex;
  readonly keyStorage: 'hub' | 'wallet';
  readonly dwelling?: string;
  readonly household?: string;
  readonly language: Language;
  readonly tileShows: TileShows;
  readonly tileAlias?: string;
  readonly roles: readonly Role[];
  readonly enrolledAtMs: number;
  readonly recordedAtMs?: number;
  /** Gave the seat back. */
  readonly retiredAtMs?: number;
  readonly retireIntentId?: string;
  readonly recoveryConfirmDueAtMs?: number;
  readonly outgoingWaitsUntilMs?: number;
  /** What goes on with the seat's key: what is announced on chain before what officers only ask for. */
  readonly keyChange?: MemberKeyChange;
}

export interface MemberKeyChange {
  readonly state: 'asked' | 'signing' | 'announced';
  /** By the board, without the present key. */
  readonly isRecovery: boolean;
  /** When it can come true; known once it is announced. */
  readonly effectiveAtMs?: number;
}

type Row = { [K in keyof Member]: Member[K] | null } & { roles: string | null; keyChange: string | null };

const columns = `
  SELECT m.seat, m.id, m.revision, m.name, m.class AS seatClass, m.address, m.key_storage AS keyStorage,
    d.name AS dwelling, h.name AS household, m.language, m.tile_shows AS tileShows, m.tile_alias AS tileAlias,
    m.enrolled_at_ms AS enrolledAtMs, m.recorded_at_ms AS recordedAtMs, m.retired_at_ms AS retiredAtMs, m.retire_intent_id AS retireIntentId, m.recovery_confirm_due_at_ms AS recoveryConfirmDueAtMs,
    m.outgoing_waits_until_ms AS outgoingWaitsUntilMs,
    (SELECT group_concat(role) FROM member_roles WHERE seat = m.seat) AS roles,
    (SELECT json_object('state', state, 'isRecovery', json(iif(is_recovery, 'true', 'false')), 'effectiveAtMs', effective_at_ms)
      FROM key_changes WHERE seat = m.seat AND state IN ('asked', 'signing', 'announced')
      ORDER BY state = 'announced' DESC LIMIT 1) AS keyChange
  FROM members m LEFT JOIN dwellings d ON d.pk = m.dwelling_pk LEFT JOIN households h ON h.pk = m.household_pk`;
const selectBySeat = `${columns} WHERE m.seat = @seat`;
const selectById = `${columns} WHERE m.id = @id`;
const selectPage = `${columns} WHERE m.seat > @after ORDER BY m.seat LIMIT @limit`;
const selectHighest = 'SELECT coalesce(max(seat), 0) AS seat FROM members';
const selectAny = 'SELECT seat FROM members LIMIT 1';
const selectByAddress = `SELECT seat FROM members WHERE address = @address
  UNION ALL SELECT seat FROM seat_keys WHERE address = @address LIMIT 1`;
const selectFurtherKeys = 'SELECT address FROM seat_keys WHERE seat = @seat ORDER BY known_at_ms, address';
const insertFurtherKey = `INSERT INTO seat_keys (address, seat, known_at_ms) VALUES (@address, @seat, @atMs)
  ON CONFLICT (address) DO NOTHING`;
const deleteFurtherKey = 'DELETE FROM seat_keys WHERE address = @address';
const updateAddress = "UPDATE members SET address = @address, key_storage = 'hub' WHERE seat = @seat";
const selectRole = 'SELECT role FROM member_roles WHERE seat = @seat AND role = @role';
const countRole = 'SELECT count(*) AS n FROM member_roles WHERE role = @role';
const insert = `INSERT INTO members (seat, id, name, class, address, key_storage, dwelling_pk, language, enrolled_at_ms,
    recovery_confirm_due_at_ms)
  VALUES (@seat, @id, @name, @seatClass, @address, @keyStorage, @dwellingPk, @language, @atMs, @recoveryConfirmDueAtMs)`;
const insertRole = 'INSERT INTO member_roles (seat, role) VALUES (@seat, @role)';
const deleteRoles = 'DELETE FROM member_roles WHERE seat = @seat';
const touch = 'UPDATE members SET revision = revision + 1 WHERE seat = @seat';
const updateTile = 'UPDATE members SET tile_shows = @shows, tile_alias = @alias WHERE seat = @seat';
const updateLanguage = 'UPDATE members SET language = @language WHERE seat = @seat';
const updateRecorded = 'UPDATE members SET recorded_at_ms = @atMs WHERE seat = @seat AND recorded_at_ms IS NULL';
const updateRecoveryDue = 'UPDATE members SET recovery_confirm_due_at_ms = @dueAtMs WHERE seat = @seat';
const updateOutgoing = 'UPDATE members SET outgoing_waits_until_ms = @untilMs WHERE seat = @seat';

export const memberAt = (reader: Reader, seat: SeatNumber): Member | undefined =>
  toMember(reader.prepare(selectBySeat).get<Row>({ seat }));

export const memberById = (reader: Reader, id: string): Member | undefined =>
  toMember(reader.prepare(selectById).get<Row>({ id }));

/** Members with seats above `after`, ascending. */
export const membersPage = (reader: Reader, after: number, limit: number): Member[] =>
  reader
    .prepare(selectPage)
    .all<Row>({ after, limit })
    .map((row) => toMember(row)!);

export const highestSeat = (reader: Reader): number => reader.prepare(selectHighest).get<{ seat: number }>()!.seat;

export const hasMembers = (reader: Reader): boolean => reader.prepare(selectAny).get() !== undefined;

/** The seat whose key this is, or was, or is on the chain alone. */
export const seatOfAddress = (reader: Reader, address: Hex): SeatNumber | undefined =>
  reader.prepare(selectByAddress).get<{ seat: number }>({ address })?.seat;

/** The seat's keys besides its member's own: former ones, and such as the hub does not hold. */
export const furtherKeysOf = (reader: Reader, seat: SeatNumber): Hex[] =>
  reader
    .prepare(selectFurtherKeys)
    .all<{ address: Hex }>({ seat })
    .map(({ address }) => address);

export const saveFurtherKey = (tx: Tx, seat: SeatNumber, address: Hex): void =>
  void tx.prepare(insertFurtherKey).run({ seat, address, atMs: tx.nowMs });

/** The member has this key on the hub now; the one before stays known as the seat's. */
export function saveNewKey(tx: Tx, seat: SeatNumber, address: Hex): void {
  const former = memberAt(tx, seat)!.address;
  tx.prepare(deleteFurtherKey).run({ address });
  tx.prepare(updateAddress).run({ seat, address });
  if (former !== address) saveFurtherKey(tx, seat, former);
}

export const holdsRole = (reader: Reader, seat: SeatNumber, role: Role): boolean =>
  reader.prepare(selectRole).get({ seat, role }) !== undefined;

export const holdersOf = (reader: Reader, role: Role): number =>
  reader.prepare(countRole).get<{ n: number }>({ role })!.n;

export interface NewMember {
  readonly seat: SeatNumber;
  readonly id: string;
  readonly name: string;
  readonly seatClass: SeatClass;
  readonly address: Hex;
  readonly keyStorage: 'hub' | 'wallet';
  readonly dwellingPk?: number;
  readonly language: Language;
  readonly roles: readonly Role[];
  readonly recoveryConfirmDueAtMs: number;
}

export function insertMember(tx: Tx, { roles, ...member }: NewMember): void {
  tx.prepare(insert).run({ ...member, dwellingPk: member.dwellingPk ?? null, atMs: tx.nowMs });
  for (const role of roles) tx.prepare(insertRole).run({ seat: member.seat, role });
}

export function replaceRoles(tx: Tx, seat: SeatNumber, roles: readonly Role[]): void {
  tx.prepare(deleteRoles).run({ seat });
  for (const role of roles) tx.prepare(insertRole).run({ seat, role });
}

/** Raises the revision; returns the member as it now is. */
export function touchMember(tx: Tx, seat: SeatNumber): Member {
  tx.prepare(touch).run({ seat });
  return memberAt(tx, seat)!;
}

export const saveTile = (tx: Tx, seat: SeatNumber, shows: TileShows, alias: string | undefined): void =>
  void tx.prepare(updateTile).run({ seat, shows, alias: alias ?? null });

export const saveLanguage = (tx: Tx, seat: SeatNumber, language: Language): void =>
  void tx.prepare(updateLanguage).run({ seat, language });

/** True when it was not known before. */
export const saveRecorded = (tx: Tx, seat: SeatNumber): boolean =>
  tx.prepare(updateRecorded).run({ seat, atMs: tx.nowMs }).changes > 0;

export const saveRecoveryDue = (tx: Tx, seat: SeatNumber, dueAtMs: number | undefined): void =>
  void tx.prepare(updateRecoveryDue).run({ seat, dueAtMs: dueAtMs ?? null });

export const saveOutgoingWait = (tx: Tx, seat: SeatNumber, untilMs: number): void =>
  void tx.prepare(updateOutgoing).run({ seat, untilMs });

function toMember(row: Row | undefined): Member | undefined {
  if (!row) return undefined;
  const present = Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
  return {
    ...(present as unknown as Member),
    roles: (row.roles ?? '').split(',').filter(Boolean) as Role[],
    keyChange: row.keyChange === null ? undefined : toKeyChange(JSON.parse(row.keyChange)),
  };
}

const toKeyChange = (found: MemberKeyChange & { effectiveAtMs: number | null }): MemberKeyChange => ({
  ...found,
  effectiveAtMs: found.effectiveAtMs ?? undefined,
});
