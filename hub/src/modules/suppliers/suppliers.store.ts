import type { Reader, Tx } from '../../platform/ports/index.ts';
import type { NewSupplier, Supplier, SupplierDetails, SupplierTerms } from './suppliers.schema.ts';

const columns = `s.public_id AS id, s.revision, s.name, s.name_es AS nameEs, s.state, s.maker_seat AS makerSeat, s.terms,
  (SELECT COUNT(*) FROM good_editions g WHERE g.supplier_id = s.id AND g.from_edition <= s.edition
    AND g.until_edition > s.edition AND g.status <> 'retired') AS goodsCount`;

const sql = {
  suppliers: `SELECT ${columns} FROM suppliers s WHERE @state IS NULL OR s.state = @state ORDER BY s.name`,
  supplier: `SELECT ${columns} FROM suppliers s WHERE s.public_id = @id`,
  named: 'SELECT public_id AS id FROM suppliers WHERE name = @name',
  insert: `INSERT INTO suppliers (public_id, name, name_es, maker_seat, terms)
    VALUES (@id, @name, @nameEs, @makerSeat, @terms)`,
  update: `UPDATE suppliers SET revision = revision + 1, name = @name, name_es = @nameEs, state = @state,
    maker_seat = @makerSeat, terms = @terms WHERE public_id = @id`,
  list: 'SELECT id AS rowId, edition, goods_revision AS goodsRevision, terms FROM suppliers WHERE public_id = @id',
  touchGoods: 'UPDATE suppliers SET goods_revision = goods_revision + 1 WHERE public_id = @id',
  setEdition: `UPDATE suppliers SET edition = @edition, goods_revision = goods_revision + 1 WHERE id = @rowId
    RETURNING goods_revision AS goodsRevision`,
} as const;

type Row = Omit<SupplierDetails, 'isMaker'> & { readonly terms: string };

const present = <T extends object>(row: T): T =>
  Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as T;

function toDetails({ terms, ...row }: Row): SupplierDetails {
  return { ...present(row), isMaker: row.makerSeat !== null, ...(JSON.parse(terms) as SupplierTerms) };
}

/** What everybody may see of it. */
export const publicOf = ({ id, name, nameEs, state, isMaker, goodsCount }: SupplierDetails): Supplier => ({
  id,
  name,
  nameEs,
  state,
  isMaker,
  goodsCount,
});

export const listSuppliers = (reader: Reader, state?: Supplier['state']): Supplier[] =>
  reader
    .prepare(sql.suppliers)
    .all<Row>({ state: state ?? null })
    .map((row) => publicOf(toDetails(row)));

export function findSupplier(reader: Reader, id: string): SupplierDetails | undefined {
  const row = reader.prepare(sql.supplier).get<Row>({ id });
  return row && toDetails(row);
}

export const supplierNamed = (reader: Reader, name: string) =>
  reader.prepare(sql.named).get<{ id: string }>({ name })?.id;

const bound = ({ name, nameEs, makerSeat, ...terms }: NewSupplier) => ({
  name,
  nameEs: nameEs ?? null,
  makerSeat: makerSeat ?? null,
  terms: JSON.stringify(terms),
});

export function insertSupplier(tx: Tx, id: string, supplier: NewSupplier): void {
  tx.prepare(sql.insert).run({ id, ...bound(supplier) });
}

export function updateSupplier(tx: Tx, id: string, state: Supplier['state'], supplier: NewSupplier): void {
  tx.prepare(sql.update).run({ id, state, ...bound(supplier) });
}

/** Where the supplier's list stands: `edition` is the price file that holds, `goodsRevision` counts every change. */
export interface SupplierList {
  readonly rowId: number;
  readonly edition: number;
  readonly goodsRevision: number;
  readonly priceStopPermille?: number;
}

export function findList(reader: Reader, supplierId: string): SupplierList | undefined {
  const row = reader.prepare(sql.list).get<Omit<SupplierList, 'priceStopPermille'> & { terms: string }>({
    id: supplierId,
  });
  if (!row) return undefined;
  const { terms, ...list } = row;
  return { ...list, priceStopPermille: (JSON.parse(terms) as SupplierTerms).priceStopPermille };
}

export const touchGoods = (tx: Tx, supplierId: string) => tx.prepare(sql.touchGoods).run({ id: supplierId });

/** Puts another edition of the list in force. Answers the list's revision after it. */
export const setEdition = (tx: Tx, rowId: number, edition: number): number =>
  tx.prepare(sql.setEdition).get<{ goodsRevision: number }>({ rowId, edition })!.goodsRevision;
