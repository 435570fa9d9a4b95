import { type Static, Type } from '@sinclair/typebox';

const Count = Type.Integer({ minimum: 0 });
const AtMs = Type.Integer();
/** Of the chain's smallest coin (10⁻¹⁸), more than a JSON number holds. */
const Wei = Type.String({ pattern: '^[0-9]+$' });

/** Where what was settled with comes from, and how much may go in 24 hours. */
const Purse = {
  /** What the chain's coin is called. */
  coin: Type.String(),
  spentWei: Wei,
  /** Left out: no cap. */
  capWei: Type.Optional(Wei),
};

export const SettlementQuote = Type.Object({
  ...Purse,
  /** Likely cost of all that waits. */
  allWei: Wei,
  lanes: Type.Array(
    Type.Object({
      lane: Type.String(),
      carrier: Type.String(),
      waitingCount: Count,
      oldestQueuedAtMs: Type.Optional(AtMs),
      /** In the next batch: the others follow it, or are not ready yet. */
      readyCount: Count,
      gas: Wei,
      costWei: Wei,
      perItemWei: Wei,
      allWei: Wei,
      refusal: Type.Optional(Type.String()),
    }),
  ),
});
export type SettlementQuote = Static<typeof SettlementQuote>;

export const FeesQuery = Type.Object(
  { days: Type.Optional(Type.Integer({ minimum: 1, maximum: 35 })) },
  { additionalProperties: false },
);

export const SettlementFees = Type.Object({
  ...Purse,
  /** One point an hour, oldest first: the lowest and the highest price of a unit of gas. */
  prices: Type.Array(Type.Object({ atMs: AtMs, lowWei: Count, highWei: Count })),
  /** What was sent, newest first; `paidWei` and `perItemWei` are left out until it is known. */
  batches: Type.Array(
    Type.Object({
      id: Type.String(),
      lane: Type.String(),
      state: Type.String(),
      atMs: AtMs,
      itemCount: Count,
      replacedCount: Count,
      gasUsed: Type.Optional(Count),
      paidWei: Type.Optional(Wei),
      perItemWei: Type.Optional(Wei),
    }),
  ),
});
export type SettlementFees = Static<typeof SettlementFees>;
