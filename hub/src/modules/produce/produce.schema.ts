import { type Static, Type } from '@sinclair/typebox';
import { plainText } from '../../platform/plain-text.ts';

const strict = { additionalProperties: false };

/** A tonne: more than a roof gives in a day. */
const Grams = Type.Integer({ minimum: 1, maximum: 1_000_000 });
const Seat = Type.Integer({ minimum: 1, maximum: 16_777_215 });
const Day = Type.String({ format: 'date' });

export const NewLot = Type.Object(
  {
    farm: plainText(40),
    crop: plainText(80),
    cropEs: Type.Optional(plainText(80)),
    /** The name of a picture that the page ships. */
    picture: Type.Optional(Type.String({ pattern: '^[a-z0-9-]{1,40}$' })),
    harvestedOn: Day,
    grams: Grams,
  },
  strict,
);
export type NewLot = Static<typeof NewLot>;

/** What the certifier weighed; at most what was recorded. */
export const Certificate = Type.Object({ grams: Grams }, strict);

export const NewHarvests = Type.Object(
  {
    lotId: Type.String({ format: 'uuid' }),
    shares: Type.Array(Type.Object({ seat: Seat, grams: Grams }, strict), { minItems: 1, maxItems: 50 }),
  },
  strict,
);
export type NewHarvests = Static<typeof NewHarvests>;

export const NewConsumption = Type.Object(
  {
    lotId: Type.String({ format: 'uuid' }),
    grams: Grams,
    why: Type.Union([Type.Literal('eaten'), Type.Literal('donated'), Type.Literal('spoiled')]),
  },
  strict,
);
export type NewConsumption = Static<typeof NewConsumption>;

export const NewGift = Type.Object({ lotId: Type.String({ format: 'uuid' }), toSeat: Seat, grams: Grams }, strict);
export type NewGift = Static<typeof NewGift>;

export const NewShift = Type.Object(
  { work: plainText(80), shifts: Type.Integer({ minimum: 1, maximum: 8 }), doneOn: Day },
  strict,
);
export type NewShift = Static<typeof NewShift>;

export const Id = Type.Object({ id: Type.String({ format: 'uuid' }) }, strict);

export const Page = Type.Object(
  {
    after: Type.Optional(Type.String({ pattern: '^[0-9]{1,15}$' })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
  },
  strict,
);

export const ShiftsQuery = Type.Object(
  { which: Type.Optional(Type.Union([Type.Literal('mine'), Type.Literal('reported')])) },
  strict,
);

export type Why = NewConsumption['why'];
export type LotState = 'recorded' | 'certifying' | 'certified';
export type ShiftState = 'reported' | 'confirmed' | 'recorded' | 'declined' | 'void';

/** How far something is on its way to the chain, as people are told. */
export type RecordState = 'here' | 'recording' | 'recorded' | 'void';

/** A lot as a session sees it: never who got how much of it. */
export interface Lot {
  readonly id: string;
  readonly revision: number;
  readonly farm: string;
  readonly crop: string;
  readonly cropEs?: string;
  readonly picture?: string;
  /** `YYYY-MM-DD` */
  readonly harvestedOn: string;
  readonly recordedGrams: number;
  readonly certifiedGrams?: number;
  readonly handedGrams: number;
  /** Certified and not handed out yet. */
  readonly leftGrams: number;
  readonly state: LotState;
  /** Do not eat. */
  readonly isRecalled: boolean;
  readonly record: RecordState;
  readonly reason?: string;
}

export interface ProduceMove {
  readonly id: string;
  readonly kind: 'harvest' | 'consumption' | 'given' | 'received';
  readonly crop: string;
  readonly cropEs?: string;
  readonly grams: number;
  readonly why?: Why;
  readonly groMicros?: number;
  readonly atMs: number;
  readonly record: RecordState;
  readonly reason?: string;
}

/** What is mine of the harvests. */
export interface MyProduce {
  readonly groMicros: number;
  readonly items: readonly { readonly lot: Lot; readonly grams: number }[];
  readonly moves: readonly ProduceMove[];
}

export interface ShiftView {
  readonly id: string;
  readonly memberName: string;
  readonly isMine: boolean;
  readonly work: string;
  readonly shifts: number;
  readonly doneOn: string;
  readonly state: ShiftState;
  readonly groMicros?: number;
  readonly record: RecordState;
  readonly reason?: string;
}

export interface Neighbour {
  readonly seat: number;
  readonly name: string;
}
