import { v7 as uuidv7 } from 'uuid';
import { fail } from '../../platform/errors.ts';
import type { Tx } from '../../platform/ports/index.ts';
import { memberOf } from '../members/index.ts';
import type { NewSupplier, SupplierDetails, SupplierEdit } from './suppliers.schema.ts';
import { findSupplier, insertSupplier, supplierNamed, updateSupplier } from './suppliers.store.ts';

/** Throws `already_exists` for a name that another supplier has, `bad_request` for a maker without a seat. */
export function addSupplier(tx: Tx, supplier: NewSupplier): SupplierDetails {
  check(tx, supplier);
  const id = uuidv7();
  insertSupplier(tx, id, supplier);
  tx.changed('supplier', id, 1);
  return findSupplier(tx, id)!;
}

/**
 * All that is said of it from now on. A retired one stays in what was ordered and paid, and sells no more. Throws as
 * `addSupplier`, `not_found`, and `conflict` when somebody else has changed it.
 */
export function editSupplier(tx: Tx, id: string, edit: SupplierEdit): SupplierDetails {
  const { revision, state, ...supplier } = edit;
  const before = findSupplier(tx, id);
  if (!before) throw fail('not_found', { noun: 'supplier' });
  if (before.revision !== revision) throw fail('conflict', { noun: 'supplier' });
  check(tx, supplier, id);
  updateSupplier(tx, id, state, supplier);
  tx.changed('supplier', id, revision + 1);
  tx.audit({ supplier: id, state });
  return findSupplier(tx, id)!;
}

function check(tx: Tx, { name, makerSeat }: NewSupplier, own?: string): void {
  const other = supplierNamed(tx, name);
  if (other !== undefined && other !== own) throw fail('already_exists', { field: 'name' });
  if (makerSeat !== undefined && !memberOf(tx, makerSeat)) {
    throw fail('bad_request', { field: 'makerSeat', rule: 'is no member’s seat' });
  }
}
