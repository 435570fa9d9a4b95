import type { Reader, SeatNumber } from '../../platform/ports/index.ts';
import type { KeyChangeRow } from './key-changes.store.ts';
import type { KeyChangeView, MemberRow, MemberView, NeighboursReply, TilesReply } from './members.schema.ts';
import { type Member, memberAt } from './members.store.ts';

/** A member as their own pages see them. */
export function memberView(member: Member, nowMs: number, canSignUntilMs: number | undefined): MemberView {
  const waitsUntilMs = member.outgoingWaitsUntilMs;
  return {
    seat: member.seat,
    name: member.name,
    roles: [...member.roles],
    dwelling: member.dwelling,
    household: member.household,
    language: member.language,
    tileShows: member.tileShows,
    canSignUntilMs,
    keyStorage: member.keyStorage,
    recoveryConfirmDue: member.recoveryConfirmDueAtMs !== undefined && member.recoveryConfirmDueAtMs <= nowMs,
    outgoingWaitsUntilMs: waitsUntilMs !== undefined && nowMs < waitsUntilMs ? waitsUntilMs : undefined,
    keyChange: member.keyChange,
  };
}

/** A member as the board sees them. */
export const memberRow = (member: Member): MemberRow => ({
  seat: member.seat,
  name: member.name,
  roles: [...member.roles],
  dwelling: member.dwelling,
  isOnChain: member.recordedAtMs !== undefined,
  isRetired: member.retiredAtMs !== undefined,
  isLeaving: member.retiredAtMs === undefined && member.retireIntentId !== undefined,
});

/** Name tiles of the kiosk by alphabet; where two read the same, the seat's number tells them apart. */
export function tilesOf(members: readonly Member[]): TilesReply['items'] {
  const labels = members.map((member) => ({ member, label: tileLabel(member) }));
  const counts = new Map<string, number>();
  for (const { label } of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const compare = new Intl.Collator('es', { numeric: true }).compare;
  return labels
    .sort((a, b) => compare(a.label, b.label) || a.member.seat - b.member.seat)
    .map(({ member, label }) => ({
      tileId: member.id,
      label,
      sub: counts.get(label)! > 1 ? seatSign(member.seat) : undefined,
    }));
}

/** Neighbours by alphabet, as `tilesOf` calls them. */
export function neighboursOf(members: readonly Member[]): NeighboursReply['items'] {
  const seats = new Map(members.map(({ id, seat }) => [id, seat]));
  return tilesOf(members).map(({ tileId, label, sub }) => ({
    seat: seats.get(tileId)!,
    label: sub === undefined ? label : `${label} · ${sub}`,
  }));
}

/** Whom the kiosk speaks of, by what their tile shows. */
export const signOf = (member: Member) => ({ seat: member.seat, label: tileLabel(member) });

/** What neighbours call the seat: what its tile shows. */
export function labelOf(reader: Reader, seat: SeatNumber): string {
  const member = memberAt(reader, seat);
  return member ? tileLabel(member) : seatSign(seat);
}

const seatSign = (seat: SeatNumber): string => `№ ${seat}`;

/** What the member chose; what is missing falls back to the number, which says nothing. */
function tileLabel({ tileShows, name, dwelling, tileAlias, seat }: Member): string {
  if (tileShows === 'name') return name;
  if (tileShows === 'initials') return initials(name);
  if (tileShows === 'apartment') return dwelling ?? seatSign(seat);
  if (tileShows === 'alias') return tileAlias ?? seatSign(seat);
  return seatSign(seat);
}

function initials(name: string): string {
  return name
    .split(/[\s-]+/)
    .filter(Boolean)
    .map((part) => [...part][0]!.toLocaleUpperCase())
    .join('');
}

/** A key change as the board sees it. */
export const keyChangeView = (row: KeyChangeRow): KeyChangeView => ({
  id: row.id,
  seat: row.seat,
  state: row.state as KeyChangeView['state'],
  isRecovery: row.isRecovery,
  askedBy: row.askedBy,
  secondedBy: row.secondedBy,
  askedAtMs: row.askedAtMs,
  effectiveAtMs: row.effectiveAtMs,
});
