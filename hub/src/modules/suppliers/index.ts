export { supplierRoutes } from './suppliers.routes.ts';
export type { Good, NewGood, NewSupplier, Supplier } from './suppliers.schema.ts';
export { findGood, findSupplier } from './suppliers.store.ts';
export { addGood, addSupplier } from './suppliers.ts';
