import { type Static, Type } from '@sinclair/typebox';
import { changedOffices } from './office-calls.ts';

const strict = { additionalProperties: false };
const Address = Type.String({ pattern: '^0x[0-9a-fA-F]{40}$' });

export const NewOfficeChange = Type.Object(
  {
    office: Type.Union(changedOffices.map((office) => Type.Literal(office))),
    action: Type.Union([Type.Literal('name'), Type.Literal('remove')]),
    address: Address,
    /** A minter's daily allowance. */
    allowanceMicros: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000_000_000_000 })),
  },
  strict,
);
export type NewOfficeChange = Static<typeof NewOfficeChange>;

export const NewBoard = Type.Object(
  {
    board: Type.Array(Address, { minItems: 3, maxItems: 15 }),
    threshold: Type.Integer({ minimum: 2, maximum: 15 }),
  },
  strict,
);
export type NewBoard = Static<typeof NewBoard>;

export const ChangeId = Type.Object({ id: Type.String({ pattern: '^[0-9a-f-]{36}$' }) }, strict);

/** `signing`: board keys are to sign · `waiting` for the delay or a line · `done` · `ended` without a change. */
export type OfficeChangeState = 'signing' | 'waiting' | 'done' | 'ended';

export interface OfficeChangeView {
  readonly id: string;
  readonly office: string;
  readonly action: 'name' | 'remove' | 'rotate';
  readonly addresses: readonly string[];
  readonly threshold?: number;
  readonly state: OfficeChangeState;
  /** Why it waits or ended. */
  readonly reason?: string;
  /** Not before: UTC ms. */
  readonly effectiveAtMs?: number;
  readonly atMs: number;
}

export const Passphrase = Type.Object({ passphrase: Type.String({ minLength: 1, maxLength: 200 }) }, strict);

/** Officers' keys that lie on the hub: in the demonstration only. */
export interface OfficerKeysView {
  readonly areHeld: boolean;
  readonly areOpen: boolean;
  /** UTC ms; left out while they are locked, or kept open by a test. */
  readonly untilMs?: number;
}
