import type { Reader, Tx } from '../../platform/ports/index.ts';
import type { Good, NewGood, NewSupplier, Supplier } from './suppliers.schema.ts';

const sql = {
  suppliers: 'SELECT public_id AS id, name, name_es AS nameEs FROM suppliers ORDER BY name',
  supplier: 'SELECT public_id AS id, name, name_es AS nameEs FROM suppliers WHERE public_id = @id',
  supplierNamed: 'SELECT 1 FROM suppliers WHERE name = @name',
  insertSupplier: 'INSERT INTO suppliers (public_id, name, name_es) VALUES (@id, @name, @nameEs)',
  goods: `SELECT g.public_id AS id, s.public_id AS supplierId, g.title, g.title_es AS titleEs, g.picture, g.unit,
      g.unit_price_micros AS unitPriceMicros, g.units_per_case AS unitsPerCase, g.origin, g.allergens
    FROM goods g JOIN suppliers s ON s.id = g.supplier_id
    WHERE (@supplierId IS NULL OR s.public_id = @supplierId) AND (@id IS NULL OR g.public_id = @id)
    ORDER BY s.name, g.title`,
  goodTitled: `SELECT 1 FROM goods g JOIN suppliers s ON s.id = g.supplier_id
    WHERE s.public_id = @supplierId AND g.title = @title`,
  insertGood: `INSERT INTO goods
      (public_id, supplier_id, title, title_es, picture, unit, unit_price_micros, units_per_case, origin, allergens)
    SELECT @id, id, @title, @titleEs, @picture, @unit, @unitPriceMicros, @unitsPerCase, @origin, @allergens
    FROM suppliers WHERE public_id = @supplierId`,
} as const;

type GoodRow = Omit<Good, 'allergens'> & { readonly allergens: string | null };

const present = <T extends object>(row: T): T =>
  Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as T;

const toGood = (row: GoodRow): Good => ({
  ...present(row),
  allergens: row.allergens ? (JSON.parse(row.allergens) as string[]) : undefined,
});

export const listSuppliers = (reader: Reader) => reader.prepare(sql.suppliers).all<Supplier>().map(present);

export function findSupplier(reader: Reader, id: string): Supplier | undefined {
  const row = reader.prepare(sql.supplier).get<Supplier>({ id });
  return row && present(row);
}

export const isSupplierNamed = (reader: Reader, name: string) =>
  reader.prepare(sql.supplierNamed).get({ name }) !== undefined;

export function insertSupplier(tx: Tx, id: string, supplier: NewSupplier): void {
  tx.prepare(sql.insertSupplier).run({ id, name: supplier.name, nameEs: supplier.nameEs ?? null });
}

export const listGoods = (reader: Reader, supplierId?: string) =>
  reader
    .prepare(sql.goods)
    .all<GoodRow>({ supplierId: supplierId ?? null, id: null })
    .map(toGood);

export const findGood = (reader: Reader, id: string) =>
  reader.prepare(sql.goods).all<GoodRow>({ supplierId: null, id }).map(toGood)[0];

export const isGoodTitled = (reader: Reader, supplierId: string, title: string) =>
  reader.prepare(sql.goodTitled).get({ supplierId, title }) !== undefined;

export function insertGood(tx: Tx, id: string, good: NewGood): void {
  tx.prepare(sql.insertGood).run({
    ...good,
    id,
    titleEs: good.titleEs ?? null,
    picture: good.picture ?? null,
    origin: good.origin ?? null,
    allergens: good.allergens ? JSON.stringify(good.allergens) : null,
  });
}
