import { v7 as uuidv7 } from 'uuid';
import { fail } from '../../platform/errors.ts';
import type { Tx } from '../../platform/ports/index.ts';
import type { Good, GoodEdit, GoodFacts, NewGood } from './goods.schema.ts';
import { findGood, goodTitled, goodWithSku, insertGood, updateGood } from './goods.store.ts';
import { isGtin } from './gtin.ts';
import { findSupplier, touchGoods } from './suppliers.store.ts';

const wrong = (field: string, rule: string) => fail('bad_request', { field, rule });

/** What the form of each field alone does not say. Throws `bad_request` naming the field. */
export function checkGood(facts: GoodFacts): void {
  if (facts.gtin !== undefined && !isGtin(facts.gtin)) throw wrong('gtin', 'has another check digit');
  if ((facts.unitSize === undefined) !== (facts.measure === undefined)) {
    throw wrong(facts.measure === undefined ? 'measure' : 'unitSize', 'belongs to a size, and a size to it');
  }
  let before = { fromUnits: 1, unitPriceMicros: facts.unitPriceMicros };
  for (const tier of facts.tiers ?? []) {
    if (tier.fromUnits <= before.fromUnits) throw wrong('tiers', 'must rise in units');
    if (tier.unitPriceMicros >= before.unitPriceMicros) throw wrong('tiers', 'must fall in price');
    before = tier;
  }
}

/**
 * Throws `not_found` for an unknown supplier, `already_exists` for a number, or else a title, that it has already,
 * `bad_request` for facts that do not belong together.
 */
export function addGood(tx: Tx, { supplierId, ...facts }: NewGood): Good {
  if (!findSupplier(tx, supplierId)) throw fail('not_found', { noun: 'supplier' });
  checkGood(facts);
  assertFree(tx, supplierId, facts);
  const id = uuidv7();
  insertGood(tx, id, supplierId, facts);
  touchGoods(tx, supplierId);
  tx.changed('good', id, 1);
  return findGood(tx, id)!;
}

/** Orders that exist keep their own copy of title and price. Throws as `addGood`, and `conflict` for another revision. */
export function editGood(tx: Tx, id: string, { revision, ...facts }: GoodEdit): Good {
  const good = findGood(tx, id);
  if (!good) throw fail('not_found', { noun: 'good' });
  if (good.revision !== revision) throw fail('conflict', { noun: 'good' });
  checkGood(facts);
  assertFree(tx, good.supplierId, facts, id);
  updateGood(tx, id, { status: good.status, ...facts });
  touchGoods(tx, good.supplierId);
  tx.changed('good', id, revision + 1);
  tx.audit({ good: id, unitPriceMicros: facts.unitPriceMicros });
  return findGood(tx, id)!;
}

function assertFree(tx: Tx, supplierId: string, { sku, title }: GoodFacts, own?: string): void {
  const other = sku === undefined ? goodTitled(tx, supplierId, title) : goodWithSku(tx, supplierId, sku);
  if (other !== undefined && other !== own)
    throw fail('already_exists', { field: sku === undefined ? 'title' : 'sku' });
}
