import { type Static, Type } from '@sinclair/typebox';

const closed = { additionalProperties: false } as const;
const Micros = Type.Integer({ minimum: 1 });

export const NewDailyLimit = Type.Object(
  { limitMicros: Type.Integer({ minimum: 1, maximum: 1_000_000_000_000 }) },
  closed,
);
export type NewDailyLimit = Static<typeof NewDailyLimit>;

/** What may leave a seat's account in a day (UTC), as the finalized chain has it, and what is to change of it. */
export const DailyLimit = Type.Object({
  /** Absent while the hub has never heard the token's. */
  limitMicros: Type.Optional(Micros),
  /** What the token gives whoever set nothing else. */
  defaultMicros: Type.Optional(Micros),
  /** Announced on chain: counts from then on. */
  raise: Type.Optional(Type.Object({ limitMicros: Micros, effectiveAtMs: Type.Integer() })),
  /** The last wish, while it is not on the chain: `signing` waits for an officer's wallet, `void` came to nothing. */
  wish: Type.Optional(
    Type.Object({
      limitMicros: Micros,
      state: Type.Union([
        Type.Literal('signing'),
        Type.Literal('here'),
        Type.Literal('recording'),
        Type.Literal('void'),
      ]),
      reason: Type.Optional(Type.String()),
    }),
  ),
});
export type DailyLimit = Static<typeof DailyLimit>;
