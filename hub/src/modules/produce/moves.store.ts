import type { Hex, Reader, SeatNumber, Tx } from '../../platform/ports/index.ts';
import type { Why } from './produce.schema.ts';

type MoveState = 'here' | 'recorded' | 'void';

export interface HarvestRow {
  readonly rowId: number;
  readonly id: string;
  readonly lotId: number;
  readonly seat: SeatNumber;
  readonly grams: number;
  readonly intentId: string | null;
  readonly state: MoveState;
}

export interface ConsumptionRow extends HarvestRow {
  readonly why: Why | null;
}

/** A harvest, a consumption or a gift as its member reads it. */
export interface MoveRow {
  readonly id: string;
  readonly kind: 'harvest' | 'consumption' | 'given' | 'received';
  readonly crop: string;
  readonly cropEs: string | null;
  readonly grams: number;
  readonly why: Why | null;
  readonly groMicros: number | null;
  readonly atMs: number;
  /** Null for a gift, which is as far as its intent is. */
  readonly state: MoveState | null;
  readonly reason: string | null;
  readonly intentId: string | null;
}

const harvest = 'id AS rowId, public_id AS id, lot_id AS lotId, seat, grams, intent_id AS intentId, state';
const consumption = `${harvest}, why`;

const sql = {
  insertHarvest: `INSERT INTO harvests (public_id, lot_id, seat, grams, ref, intent_id, state, at_ms)
    VALUES (@id, @lotId, @seat, @grams, @ref, @intentId, @state, @atMs)`,
  harvestOfIntent: `SELECT ${harvest} FROM harvests WHERE intent_id = @intentId`,
  harvestOfRef: `SELECT ${harvest} FROM harvests WHERE lot_id = @lotId AND ref = @ref`,
  setHarvest: 'UPDATE harvests SET state = @state, reason = @reason WHERE id = @rowId',
  rewarded: 'UPDATE harvests SET gro_micros = @groMicros WHERE ref = @ref RETURNING public_id AS id',
  insertConsumption: `INSERT INTO consumptions (public_id, lot_id, seat, grams, why, salt, reason_hash, intent_id, state, at_ms)
    VALUES (@id, @lotId, @seat, @grams, @why, @salt, @reasonHash, @intentId, @state, @atMs)`,
  consumptionOfIntent: `SELECT ${consumption} FROM consumptions WHERE intent_id = @intentId`,
  consumptionOfReason: `SELECT ${consumption} FROM consumptions
    WHERE reason_hash = @reasonHash AND seat = @seat AND intent_id IS NOT NULL`,
  setConsumption: 'UPDATE consumptions SET state = @state, reason = @reason WHERE id = @rowId',
  moves: `SELECT * FROM (
      SELECT h.public_id AS id, 'harvest' AS kind, l.crop, l.crop_es AS cropEs, h.grams, NULL AS why, h.gro_micros AS groMicros,
        h.at_ms AS atMs, h.state, h.reason, h.intent_id AS intentId
      FROM harvests h JOIN lots l ON l.id = h.lot_id WHERE h.seat = @seat
      UNION ALL
      SELECT c.public_id, 'consumption', l.crop, l.crop_es, c.grams, c.why, NULL, c.at_ms, c.state, c.reason, c.intent_id
      FROM consumptions c JOIN lots l ON l.id = c.lot_id WHERE c.seat = @seat
      UNION ALL
      SELECT m.public_id, CASE WHEN p.amount_micros < 0 THEN 'given' ELSE 'received' END, l.crop, l.crop_es,
        ABS(p.amount_micros), NULL, NULL, m.at_ms, NULL, i.reason, m.subject_id
      FROM movements m JOIN postings p ON p.movement_id = m.id
      JOIN accounts a ON a.id = p.account_id AND a.owner = @owner AND a.kind = 'available'
      JOIN currencies c ON c.id = m.currency_id JOIN lots l ON c.code = 'LOT-' || l.public_id
      JOIN intents i ON i.public_id = m.subject_id
      WHERE m.subject_noun = 'gift' AND m.kind = 'charge'
    ) ORDER BY atMs DESC, id DESC LIMIT @limit`,
  onTheWay: `SELECT lot_id AS lotId, seat, SUM(grams) AS grams FROM (
      SELECT lot_id, seat, grams FROM harvests WHERE state = 'here'
      UNION ALL SELECT lot_id, seat, -grams FROM consumptions WHERE state = 'here'
      UNION ALL SELECT l.id, CAST(substr(a.owner, 6) AS INTEGER), p.amount_micros
        FROM intents i JOIN movements m ON m.subject_id = i.public_id AND m.subject_noun = 'gift' AND m.kind = 'charge'
        JOIN postings p ON p.movement_id = m.id JOIN accounts a ON a.id = p.account_id
        JOIN currencies c ON c.id = m.currency_id JOIN lots l ON c.code = 'LOT-' || l.public_id
        WHERE i.lane = 'gro-transfers' AND i.state NOT IN ('final', 'void'))
    GROUP BY lot_id, seat`,
  giftOfIntent: `SELECT l.id AS lotId, MAX(CASE WHEN p.amount_micros < 0 THEN CAST(substr(a.owner, 6) AS INTEGER) END) AS fromSeat,
      MAX(CASE WHEN p.amount_micros > 0 THEN CAST(substr(a.owner, 6) AS INTEGER) END) AS toSeat
    FROM movements m JOIN postings p ON p.movement_id = m.id JOIN accounts a ON a.id = p.account_id
    JOIN currencies c ON c.id = m.currency_id JOIN lots l ON c.code = 'LOT-' || l.public_id
    WHERE m.subject_noun = 'gift' AND m.subject_id = @intentId AND m.kind = 'charge' GROUP BY l.id`,
  giftOfNonce: `SELECT 1 FROM intents WHERE lane = 'gro-transfers' AND seat = @seat
    AND json_extract(message, '$.fields.nonce') = @nonce`,
  heldLots: `SELECT l.id AS rowId, a.balance_micros AS grams FROM lots l
    JOIN currencies c ON c.code = 'LOT-' || l.public_id
    JOIN accounts a ON a.currency_id = c.id AND a.owner = @owner AND a.kind = 'available'
    WHERE a.balance_micros <> 0 ORDER BY l.id DESC`,
  tokens: `SELECT l.token_id AS id FROM lots l JOIN currencies c ON c.code = 'LOT-' || l.public_id
    JOIN accounts a ON a.currency_id = c.id AND a.owner = @owner WHERE l.token_id IS NOT NULL ORDER BY l.id`,
  holders: `SELECT l.id AS lotId, CAST(substr(a.owner, 6) AS INTEGER) AS seat, a.balance_micros AS grams FROM lots l
    JOIN currencies c ON c.code = 'LOT-' || l.public_id
    JOIN accounts a ON a.currency_id = c.id AND a.owner LIKE 'seat:%' AND a.kind = 'available'`,
} as const;

export function insertHarvest(
  tx: Tx,
  row: Omit<HarvestRow, 'rowId' | 'state'> & { readonly ref: Hex; readonly state: MoveState },
): void {
  tx.prepare(sql.insertHarvest).run({ ...row, atMs: tx.nowMs });
}

export const harvestOfIntent = (reader: Reader, intentId: string) =>
  reader.prepare(sql.harvestOfIntent).get<HarvestRow>({ intentId });
export const harvestOfRef = (reader: Reader, lotId: number, ref: Hex) =>
  reader.prepare(sql.harvestOfRef).get<HarvestRow>({ lotId, ref });
export function setHarvest(tx: Tx, rowId: number, state: MoveState, reason?: string): void {
  tx.prepare(sql.setHarvest).run({ rowId, state, reason: reason ?? null });
}
/** Notes what a harvest earned. Answers its id, undefined for one that is not known here. */
export const noteHarvestGro = (tx: Tx, ref: Hex, groMicros: number) =>
  tx.prepare(sql.rewarded).get<{ id: string }>({ ref, groMicros })?.id;

export function insertConsumption(
  tx: Tx,
  row: Omit<ConsumptionRow, 'rowId' | 'state'> & {
    readonly salt: Hex | null;
    readonly reasonHash: Hex;
    readonly state: MoveState;
  },
): void {
  tx.prepare(sql.insertConsumption).run({ ...row, atMs: tx.nowMs });
}

export const consumptionOfIntent = (reader: Reader, intentId: string) =>
  reader.prepare(sql.consumptionOfIntent).get<ConsumptionRow>({ intentId });
/** Only what the hub signed for: a wallet may use one reason's hash as often as it likes. */
export const consumptionOfReason = (reader: Reader, seat: SeatNumber, reasonHash: Hex) =>
  reader.prepare(sql.consumptionOfReason).get<ConsumptionRow>({ seat, reasonHash });
export function setConsumption(tx: Tx, rowId: number, state: MoveState, reason?: string): void {
  tx.prepare(sql.setConsumption).run({ rowId, state, reason: reason ?? null });
}

/** Who gave what to whom with this intent. */
export const giftOfIntent = (reader: Reader, intentId: string) =>
  reader.prepare(sql.giftOfIntent).get<{ lotId: number; fromSeat: SeatNumber; toSeat: SeatNumber }>({ intentId });

/** Whether the seat signed a gift under this nonce. */
export const isGift = (reader: Reader, seat: SeatNumber, nonce: number) =>
  reader.prepare(sql.giftOfNonce).get({ seat, nonce }) !== undefined;

export const movesOf = (reader: Reader, seat: SeatNumber, limit: number) =>
  reader.prepare(sql.moves).all<MoveRow>({ seat, owner: `seat:${seat}`, limit });

/** What a seat has of which lots, in grams; below zero when the chain took more than was there. */
export const holdingsOf = (reader: Reader, seat: SeatNumber) =>
  reader.prepare(sql.heldLots).all<{ rowId: number; grams: number }>({ owner: `seat:${seat}` });

/** Lots that the seat ever had some of, by the token's id. */
export const tokensOf = (reader: Reader, seat: SeatNumber): string[] =>
  reader
    .prepare(sql.tokens)
    .all<{ id: string }>({ owner: `seat:${seat}` })
    .map(({ id }) => id);

interface Grams {
  readonly lotId: number;
  readonly seat: SeatNumber;
  readonly grams: number;
}

/** What the finalized chain should hold of each lot, by seat: the journal's grams less what is not final yet. */
export function expectedGrams(reader: Reader): Grams[] {
  const keyOf = ({ lotId, seat }: Grams) => `${lotId}/${seat}`;
  const waiting = new Map(
    reader
      .prepare(sql.onTheWay)
      .all<Grams>({})
      .map((row) => [keyOf(row), row.grams]),
  );
  return reader
    .prepare(sql.holders)
    .all<Grams>({})
    .map((row) => ({ ...row, grams: row.grams - (waiting.get(keyOf(row)) ?? 0) }));
}
