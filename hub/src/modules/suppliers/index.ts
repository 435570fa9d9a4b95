import type { Route } from '../../platform/ports/index.ts';
import { goodRoutes } from './goods.routes.ts';
import { priceFileRoutes } from './price-files/price-files.routes.ts';
import { createPriceFiles, type PriceFilesDeps } from './price-files/price-files.ts';
import { supplierRoutes } from './suppliers.routes.ts';

export type { Good, NewGood } from './goods.schema.ts';
export { findGood, listGoods } from './goods.store.ts';
export { addGood, editGood } from './goods.ts';
export type { NewSupplier, Supplier, SupplierDetails } from './suppliers.schema.ts';
export { findSupplier, listSuppliers } from './suppliers.store.ts';
export { addSupplier } from './suppliers.ts';
export { tiersOf } from './tiers.ts';

/** Who delivers, and what. */
export const createSuppliersRoom = (deps: PriceFilesDeps): { readonly routes: readonly Route[] } => ({
  routes: [
    ...supplierRoutes(deps.store),
    ...goodRoutes(deps.store),
    ...priceFileRoutes(deps.store, createPriceFiles(deps)),
  ],
});
