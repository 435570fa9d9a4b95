import { type Static, Type } from '@sinclair/typebox';
import { plainText } from '../../platform/plain-text.ts';
import type { Role } from '../../platform/ports/index.ts';

const roleNames = [
  'resident',
  'guest',
  'coordinator',
  'gardener',
  'certifier',
  'creator',
  'treasurer',
  'board',
  'maintainer',
] as const satisfies readonly Role[];

export const RoleName = Type.Union(roleNames.map((name) => Type.Literal(name)));
export const Language = Type.Union([Type.Literal('en'), Type.Literal('es')]);
export type Language = Static<typeof Language>;
export const SeatClass = Type.Union([Type.Literal('resident'), Type.Literal('guest')]);
export type SeatClass = Static<typeof SeatClass>;
export const DeviceKindName = Type.Union([Type.Literal('kiosk'), Type.Literal('phone')]);
export const TileShows = Type.Union([
  Type.Literal('name'),
  Type.Literal('initials'),
  Type.Literal('apartment'),
  Type.Literal('alias'),
  Type.Literal('nothing'),
]);
export type TileShows = Static<typeof TileShows>;

const closed = { additionalProperties: false } as const;
const uuid = { pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' } as const;
export const Seat = Type.Integer({ minimum: 1, maximum: 0xff_ff_ff });
export const Pin = Type.String({ pattern: '^[0-9]{4,8}$', description: '4 to 8 digits; 6 are offered' });
export const Uuid = Type.String(uuid);
export const PersonName = plainText(80);
export const DwellingName = plainText(40);
const TypedCode = Type.String({ minLength: 4, maxLength: 64 });
const RecoveryCode = Type.String({ minLength: 28, maxLength: 80 });

const KeyChangeState = Type.Union([Type.Literal('asked'), Type.Literal('signing'), Type.Literal('announced')]);

export const MemberView = Type.Object({
  seat: Seat,
  name: Type.String(),
  roles: Type.Array(RoleName),
  dwelling: Type.Optional(Type.String()),
  household: Type.Optional(Type.String()),
  language: Language,
  tileShows: TileShows,
  /** Present while this session may sign. */
  canSignUntilMs: Type.Optional(Type.Integer()),
  keyStorage: Type.Union([Type.Literal('hub'), Type.Literal('wallet')]),
  recoveryConfirmDue: Type.Boolean(),
  /** Present for 48 h after a recovery: until then nothing of theirs is sent out. */
  outgoingWaitsUntilMs: Type.Optional(Type.Integer()),
  /** Present while the seat is about to get another key: who did not ask for it cancels it with the present one. */
  keyChange: Type.Optional(
    Type.Object({
      state: KeyChangeState,
      isRecovery: Type.Boolean(),
      effectiveAtMs: Type.Optional(Type.Integer()),
    }),
  ),
});
export type MemberView = Static<typeof MemberView>;

export const MeReply = Type.Object({
  device: Type.Optional(Type.Object({ id: Type.String(), kind: DeviceKindName, name: Type.String() })),
  member: Type.Optional(MemberView),
});
export type MeReply = Static<typeof MeReply>;

export const MemberReply = Type.Object({ member: MemberView });
/** Whose PIN pad rests at this kiosk; `label` is what their tile shows. */
export const LockedReply = Type.Object({
  items: Type.Array(Type.Object({ seat: Type.Integer(), label: Type.String(), untilMs: Type.Integer() })),
});
export type LockedReply = Static<typeof LockedReply>;

/** Everybody else who holds a seat, as their tile calls them. */
export const NeighboursReply = Type.Object({ items: Type.Array(Type.Object({ seat: Seat, label: Type.String() })) });
export type NeighboursReply = Static<typeof NeighboursReply>;

export const TilesReply = Type.Object({
  items: Type.Array(
    Type.Object({
      tileId: Type.String(),
      label: Type.String(),
      sub: Type.Optional(Type.String()),
      pictureUrl: Type.Optional(Type.String()),
    }),
  ),
});
export type TilesReply = Static<typeof TilesReply>;

export const SignInBody = Type.Object({ tileId: Uuid, pin: Pin }, closed);
export const PinBody = Type.Object({ pin: Pin }, closed);
export const NewPinBody = Type.Object({ oldPin: Pin, newPin: Pin }, closed);
export const TileBody = Type.Object({ shows: TileShows, alias: Type.Optional(plainText(24)) }, closed);
export const LanguageBody = Type.Object({ language: Language }, closed);
export const GrantReply = Type.Object({ canSignUntilMs: Type.Integer() });

export const CodeBody = Type.Object({ code: TypedCode, name: Type.Optional(plainText(40)) }, closed);
export const PhoneCodeReply = Type.Object({
  code: Type.String(),
  url: Type.String(),
  qrSvg: Type.String(),
  expiresAtMs: Type.Integer(),
});
export type PhoneCodeReply = Static<typeof PhoneCodeReply>;
export const KioskCodeReply = Type.Object({ code: Type.String(), expiresAtMs: Type.Integer() });
export const DeviceView = Type.Object({
  id: Type.String(),
  kind: DeviceKindName,
  name: Type.String(),
  lastSeenAtMs: Type.Integer(),
  isThis: Type.Boolean(),
});
export type DeviceView = Static<typeof DeviceView>;
export const DevicesReply = Type.Object({ items: Type.Array(DeviceView) });
export const IdParams = Type.Object({ id: Uuid });

export const WalletRequestReply = Type.Object({
  request: Type.Optional(Type.Object({ id: Type.String(), typedData: Type.Unknown() })),
});
export const WalletSignatureBody = Type.Object({ signature: Type.String({ pattern: '^0x[0-9a-fA-F]{130}$' }) }, closed);

export const RecoveryBody = Type.Object(
  { tileId: Type.Optional(Uuid), seat: Type.Optional(Seat), recoveryCode: RecoveryCode, newPin: Pin },
  closed,
);
export const RecoveryConfirmBody = Type.Object({ recoveryCode: RecoveryCode }, closed);

export const EnrolBody = Type.Object(
  {
    name: PersonName,
    seatClass: SeatClass,
    dwelling: Type.Optional(DwellingName),
    roles: Type.Array(RoleName, { maxItems: 9, uniqueItems: true }),
    pin: Pin,
    language: Type.Optional(Language),
    /** The member's own wallet instead of a key on the hub. */
    walletAddress: Type.Optional(Type.String({ pattern: '^0x[0-9a-fA-F]{40}$' })),
  },
  closed,
);
export const EnrolledReply = Type.Object({ seat: Seat, recoveryCode: Type.String() });
export const ClaimBody = Type.Object(
  { code: TypedCode, buildingName: plainText(60), name: PersonName, dwelling: DwellingName, pin: Pin },
  closed,
);
export const ClaimReply = Type.Object({ member: MemberView, recoveryCode: Type.String() });

export const SeatParams = Type.Object({ seat: Seat });
export const RolesBody = Type.Object({ roles: Type.Array(RoleName, { maxItems: 9, uniqueItems: true }) }, closed);
export const RetireBody = Type.Object({ reason: plainText(140) }, closed);
export const MemberRow = Type.Object({
  seat: Seat,
  name: Type.String(),
  roles: Type.Array(RoleName),
  dwelling: Type.Optional(Type.String()),
  isOnChain: Type.Boolean(),
  isRetired: Type.Boolean(),
  /** The board was asked to end the seat. */
  isLeaving: Type.Boolean(),
});
export type MemberRow = Static<typeof MemberRow>;
export const PageQuery = Type.Object({
  after: Type.Optional(Type.Integer({ minimum: 0 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500 })),
});
export const MembersReply = Type.Object({ items: Type.Array(MemberRow), next: Type.Optional(Type.String()) });

export const KeyChangeView = Type.Object({
  id: Type.String(),
  seat: Seat,
  state: KeyChangeState,
  isRecovery: Type.Boolean(),
  askedBy: Type.Optional(Seat),
  secondedBy: Type.Optional(Seat),
  askedAtMs: Type.Integer(),
  effectiveAtMs: Type.Optional(Type.Integer()),
});
export type KeyChangeView = Static<typeof KeyChangeView>;
export const KeyChangesReply = Type.Object({ items: Type.Array(KeyChangeView) });
export const NewKeyReply = Type.Object({ id: Type.String(), recoveryCode: Type.String() });

export const DwellingBody = Type.Object({ name: DwellingName }, closed);
export const DwellingView = Type.Object({ id: Type.String(), name: Type.String(), seats: Type.Array(Seat) });
export type DwellingView = Static<typeof DwellingView>;
export const DwellingsReply = Type.Object({ items: Type.Array(DwellingView) });
export const HouseholdBody = Type.Object(
  { name: plainText(40), seats: Type.Array(Seat, { minItems: 1, maxItems: 30, uniqueItems: true }) },
  closed,
);
export const HouseholdView = Type.Object({ id: Type.String(), name: Type.String(), seats: Type.Array(Seat) });
export type HouseholdView = Static<typeof HouseholdView>;
export const HouseholdsReply = Type.Object({ items: Type.Array(HouseholdView) });

export const AuditRow = Type.Object({
  seq: Type.Integer(),
  atMs: Type.Integer(),
  action: Type.String(),
  actorSeat: Type.Optional(Seat),
  system: Type.Optional(Type.String()),
  deviceId: Type.Optional(Type.String()),
  detail: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()])),
});
export type AuditRow = Static<typeof AuditRow>;
export const AuditReply = Type.Object({ items: Type.Array(AuditRow), next: Type.Optional(Type.String()) });
