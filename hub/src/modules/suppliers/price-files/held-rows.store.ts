import type { Reader } from '../../../platform/ports/index.ts';
import type { HeldRow } from './differences.ts';

const held = `SELECT g.public_id AS id, g.revision, g.title, g.title_es AS titleEs, g.sku, g.gtin, g.category, g.picture, g.unit,
    g.unit_price_micros AS unitPriceMicros, g.units_per_case AS unitsPerCase, g.origin, g.allergens, g.diets, g.status,
    g.details, g.found_by AS foundBy
  FROM goods g JOIN suppliers s ON s.id = g.supplier_id WHERE s.public_id = @supplierId`;

/** The supplier's whole list as it holds now. */
export const heldRows = (reader: Reader, supplierId: string) => reader.prepare(held).all<HeldRow>({ supplierId });
