import { v7 as uuidv7 } from 'uuid';
import { fail } from '../../platform/errors.ts';
import type { Tx } from '../../platform/ports/index.ts';
import type { Good, NewGood, NewSupplier, Supplier } from './suppliers.schema.ts';
import {
  findGood,
  findSupplier,
  insertGood,
  insertSupplier,
  isGoodTitled,
  isSupplierNamed,
} from './suppliers.store.ts';

/** Throws `already_exists` for a name that another supplier has. */
export function addSupplier(tx: Tx, supplier: NewSupplier): Supplier {
  if (isSupplierNamed(tx, supplier.name)) throw fail('already_exists', { field: 'name' });
  const id = uuidv7();
  insertSupplier(tx, id, supplier);
  tx.changed('supplier', id, 1);
  return findSupplier(tx, id)!;
}

/** Throws `not_found` for an unknown supplier, `already_exists` for a title it has already. */
export function addGood(tx: Tx, good: NewGood): Good {
  if (!findSupplier(tx, good.supplierId)) throw fail('not_found', { noun: 'supplier' });
  if (isGoodTitled(tx, good.supplierId, good.title)) throw fail('already_exists', { field: 'title' });
  const id = uuidv7();
  insertGood(tx, id, good);
  tx.changed('good', id, 1);
  return findGood(tx, id)!;
}
